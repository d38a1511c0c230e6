package dev.sluice.jdbc.source;

import dev.sluice.row.Destination;
import dev.sluice.row.WriteMode;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
    private final @Nullable String watermark;
    private final List<String> key;
    private final WriteMode mode;
    private final boolean cdc;
    private final @Nullable String softDelete;
    private final List<String> excluded;
    private final @Nullable ZoneId watermarkZone;

    private TablePlan(
            String source,
            String destination,
            @Nullable String watermark,
            List<String> key,
            WriteMode mode,
            boolean cdc,
            @Nullable String softDelete,
            List<String> excluded,
            @Nullable ZoneId watermarkZone) {
        this.source = source;
        this.destination = destination;
        this.watermark = watermark;
        this.key = List.copyOf(key);
        this.mode = mode;
        this.cdc = cdc;
        this.softDelete = softDelete;
        this.excluded = List.copyOf(excluded);
        this.watermarkZone = watermarkZone;
    }

    /**
     * A plan that appends rows without stamps.
     *
     * @param source the table or view to read
     * @param destination the lake's table, {@code schema.table}
     */
    public static TablePlan of(String source, String destination) {
        Destination checked = Destination.append(destination);
        return new TablePlan(source, checked.table(), null, List.of(), WriteMode.APPEND, false, null, List.of(), null);
    }

    /**
     * The column that holds the time of each row's last change; required.
     *
     * <p>It is {@code now()} of the transaction that changes the row, as by a default or a trigger. Times of another
     * clock, or kept from another table, may lie below what has been read already: such rows are missed.
     */
    public TablePlan watermark(String column) {
        return new TablePlan(source, destination, column, key, mode, cdc, softDelete, excluded, watermarkZone);
    }

    /** The columns that tell rows apart: unique together, and never NULL; required. */
    public TablePlan key(String... columns) {
        return new TablePlan(
                source, destination, watermark, List.of(columns), mode, cdc, softDelete, excluded, watermarkZone);
    }

    /** Append, unless set; a merge goes by the key, which then has one column. */
    public TablePlan mode(WriteMode mode) {
        return new TablePlan(source, destination, watermark, key, mode, cdc, softDelete, excluded, watermarkZone);
    }

    /**
     * Whether each row is stamped, which it is not unless set: {@code _cdc_op} is {@code c} in the initial load,
     * {@code d} for rows marked as deleted and {@code u} for others, {@code _cdc_ts} the time of reading,
     * {@code _cdc_seq} the order of reading.
     */
    public TablePlan cdc(boolean on) {
        return new TablePlan(source, destination, watermark, key, mode, on, softDelete, excluded, watermarkZone);
    }

    /** The column that marks a row as deleted: by being true if it is a boolean, else by not being NULL. */
    public TablePlan softDelete(String column) {
        return new TablePlan(source, destination, watermark, key, mode, cdc, column, excluded, watermarkZone);
    }

    /** Columns that are not sent, beside those excluded before. */
    public TablePlan exclude(String... columns) {
        List<String> all = new ArrayList<>(excluded);
        all.addAll(List.of(columns));
        return new TablePlan(source, destination, watermark, key, mode, cdc, softDelete, all, watermarkZone);
    }

    /**
     * The zone of the times in a watermark column that has none. UTC unless set, which is refused where the server's own
     * zone is another one. With a wrong zone rows that are committed late are missed.
     */
    public TablePlan watermarkZone(ZoneId zone) {
        return new TablePlan(source, destination, watermark, key, mode, cdc, softDelete, excluded, zone);
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
        return this;
    }

    String watermark() {
        if (watermark == null) {
            throw wrong("needs a watermark");
        }
        return watermark;
    }

    Optional<String> softDelete() {
        return Optional.ofNullable(softDelete);
    }

    /** The zone of a watermark that has none; empty if it was not set. */
    public Optional<ZoneId> watermarkZone() {
        return Optional.ofNullable(watermarkZone);
    }

    List<String> excluded() {
        return excluded;
    }

    private IllegalArgumentException wrong(String problem) {
        return new IllegalArgumentException("table " + source + " " + problem);
    }
}
