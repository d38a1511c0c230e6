package dev.sluice.jdbc.source;

import dev.sluice.row.Destination;
import dev.sluice.row.WriteMode;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Which table is read, by which columns, and where its rows go. Immutable: each method returns a plan that differs in
 * one thing.
 *
 * <p>Names are written as in SQL: {@code public.customers}, and quoted where the database needs it:
 * {@code public."Odd Name"}.
 */
public final class TablePlan {
    private final String source;
    private final String destination;

    // Set while a plan is made, by change() alone.
    private @Nullable String watermark;
    private List<String> key = List.of();
    private WriteMode mode = WriteMode.APPEND;
    private boolean cdc;
    private @Nullable String softDelete;
    private List<String> excluded = List.of();
    private @Nullable ZoneId watermarkZone;
    private @Nullable DeleteScan deletes;

    private TablePlan(String source, String destination) {
        this.source = source;
        this.destination = destination;
    }

    private TablePlan change(Consumer<TablePlan> part) {
        TablePlan changed = new TablePlan(source, destination);
        changed.watermark = watermark;
        changed.key = key;
        changed.mode = mode;
        changed.cdc = cdc;
        changed.softDelete = softDelete;
        changed.excluded = excluded;
        changed.watermarkZone = watermarkZone;
        changed.deletes = deletes;
        part.accept(changed);
        return changed;
    }

    /**
     * A plan that appends rows without stamps.
     *
     * @param source the table or view to read
     * @param destination the lake's table, {@code schema.table}
     */
    public static TablePlan of(String source, String destination) {
        return new TablePlan(source, Destination.append(destination).table());
    }

    /**
     * The column that holds the time of each row's last change; required.
     *
     * <p>It is {@code now()} of the transaction that changes the row, as by a default or a trigger. Times of another
     * clock, or kept from another table, may lie below what has been read already: such rows are missed.
     */
    public TablePlan watermark(String column) {
        return change(plan -> plan.watermark = column);
    }

    /** The columns that tell rows apart: unique together, and never NULL; required. */
    public TablePlan key(String... columns) {
        return change(plan -> plan.key = List.of(columns));
    }

    /** Append, unless set; a merge goes by the key, which then has one column. */
    public TablePlan mode(WriteMode mode) {
        return change(plan -> plan.mode = mode);
    }

    /**
     * Whether each row is stamped, which it is not unless set: {@code _cdc_op} is {@code c} in the initial load,
     * {@code d} for rows marked as deleted and {@code u} for others, {@code _cdc_ts} the time of reading,
     * {@code _cdc_seq} the order of reading.
     */
    public TablePlan cdc(boolean on) {
        return change(plan -> plan.cdc = on);
    }

    /** The column that marks a row as deleted: by being true if it is a boolean, else by not being NULL. */
    public TablePlan softDelete(String column) {
        return change(plan -> plan.softDelete = column);
    }

    /** Columns that are not sent, beside those excluded before. */
    public TablePlan exclude(String... columns) {
        List<String> all = new ArrayList<>(excluded);
        all.addAll(List.of(columns));
        return change(plan -> plan.excluded = List.copyOf(all));
    }

    /**
     * The zone of the times in a watermark column that has none. UTC unless set, which is refused where the server's own
     * zone is another one. With a wrong zone rows that are committed late are missed.
     */
    public TablePlan watermarkZone(ZoneId zone) {
        return change(plan -> plan.watermarkZone = zone);
    }

    /**
     * Looks for rows that are deleted in the table and not marked before, and tells them to the lake as rows of their
     * key with {@code _cdc_op} {@code d}; needs {@link #cdc}. Not done unless set.
     */
    public TablePlan deletes(DeleteScan scan) {
        return change(plan -> plan.deletes = scan);
    }

    public String source() {
        return source;
    }

    public String destination() {
        return destination;
    }

    /** The key columns, as written. */
    public List<String> key() {
        return key;
    }

    public WriteMode mode() {
        return mode;
    }

    public boolean isCdc() {
        return cdc;
    }

    /** The watermark column, as written; empty if there is none. */
    public Optional<String> watermark() {
        return Optional.ofNullable(watermark);
    }

    /** The zone of a watermark that has none; empty if it was not set. */
    public Optional<ZoneId> watermarkZone() {
        return Optional.ofNullable(watermarkZone);
    }

    /** The column that marks a row as deleted, as written; empty if there is none. */
    public Optional<String> softDelete() {
        return Optional.ofNullable(softDelete);
    }

    /** How deleted rows are found; empty if they are not. */
    public Optional<DeleteScan> deletes() {
        return Optional.ofNullable(deletes);
    }

    List<String> excluded() {
        return excluded;
    }

    /**
     * Checks what can be told without the database.
     *
     * @throws IllegalArgumentException if something is missing or does not go together
     */
    public TablePlan checked() {
        if (watermark == null) {
            throw wrong("needs a watermark: the column that holds the time of each row's last change");
        }
        if (key.isEmpty()) {
            throw wrong("needs a key: the columns that tell its rows apart");
        }
        if (mode == WriteMode.MERGE && key.size() > 1) {
            throw wrong("cannot merge by " + key.size() + " key columns (" + String.join(", ", key)
                    + "), the API takes one: append with cdc and read the current-state view");
        }
        if (softDelete != null && !cdc) {
            throw wrong("marks deletes in " + softDelete + ", which needs cdc: true to tell them to the lake");
        }
        if (deletes != null && !cdc) {
            throw wrong("looks for deleted rows, which needs cdc: true to tell them to the lake");
        }
        return this;
    }

    private IllegalArgumentException wrong(String problem) {
        return new IllegalArgumentException("table " + source + " " + problem);
    }
}
