package dev.sluice.jdbc.source;

import dev.sluice.jdbc.dialect.Dialect;
import dev.sluice.jdbc.dialect.TypePolicy;
import dev.sluice.row.Destination;
import dev.sluice.row.WriteMode;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
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
    private ColumnChoice columns = ColumnChoice.ALL;
    private @Nullable String query;
    private @Nullable String filter;
    private @Nullable RowTransform transform;
    private boolean describesColumns;
    private @Nullable ZoneId watermarkZone;
    private @Nullable DeleteScan deletes;
    private boolean snapshot;
    private int loadThreads = 1;
    private @Nullable Duration lookBack;
    private NullWatermark nullWatermark = NullWatermark.FAIL;
    private TypePolicy types = TypePolicy.DEFAULT;

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
        changed.columns = columns;
        changed.query = query;
        changed.filter = filter;
        changed.transform = transform;
        changed.describesColumns = describesColumns;
        changed.watermarkZone = watermarkZone;
        changed.deletes = deletes;
        changed.snapshot = snapshot;
        changed.loadThreads = loadThreads;
        changed.lookBack = lookBack;
        changed.nullWatermark = nullWatermark;
        changed.types = types;
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
     * A plan that appends the rows of a query, read as {@code FROM (sql) AS t}.
     *
     * <p>The watermark and the key are columns of its result. A row is noticed when its watermark moves: where the query
     * joins tables, let the watermark be the greatest of theirs, for a change that does not raise it is not carried.
     * It is evaluated for each page, so the condition on the watermark should reach the tables' indexes; grouping,
     * {@code DISTINCT}, {@code LIMIT} and window functions keep it from them. With another text, which the checkpoint
     * knows by its digest, the table has to be started from its beginning.
     *
     * @param name what checkpoints, reports and errors call it
     * @param sql a {@code SELECT} that names each column once; semicolons at its end are dropped
     * @param destination the lake's table, {@code schema.table}
     * @throws IllegalArgumentException if the name or the SQL is empty
     */
    public static TablePlan query(String name, String sql, String destination) {
        if (name.isBlank()) {
            throw new IllegalArgumentException("a query for " + destination + " needs a name for its checkpoint");
        }
        String select = SqlPart.of("query " + name, sql);
        return of(name, destination).change(plan -> plan.query = select);
    }

    /**
     * The column that each change of a row raises; required, unless the plan is a {@link #snapshot()}.
     *
     * <p>A time is {@code now()} of the transaction that changes the row, as by a default or a trigger. Times of another
     * clock, or kept from another table, may lie below what has been read already: such rows are missed, unless
     * {@link #lookBack} goes back behind them.
     *
     * <p>A number, a text or any other type that has an order is a value higher than all that were given out before, in
     * any session: an identity or a sequence without a cache, a version that one counter gives to all rows. It may be a
     * column of the key, if rows are only inserted. Rows that get a lower one later are missed.
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
     * {@code d} for rows marked as deleted or found to be by {@link #deletes}, and {@code u} for others, {@code _cdc_ts} the time of reading,
     * {@code _cdc_seq} the order of reading.
     */
    public TablePlan cdc(boolean on) {
        return change(plan -> plan.cdc = on);
    }

    /**
     * The column that marks a row as deleted, by being true if it is a boolean, else by not being NULL; needs
     * {@link #cdc}.
     */
    public TablePlan softDelete(String column) {
        return change(plan -> plan.softDelete = column);
    }

    /** The columns that are sent, beside those included before; all unless set. Not together with {@link #exclude}. */
    public TablePlan include(String... columns) {
        return change(plan -> plan.columns = this.columns.including(columns));
    }

    /**
     * Columns that are not sent, beside those excluded before.
     *
     * <p>A key or watermark is still read: the checkpoint holds its values for the last row and for pages on their way,
     * and batch ids follow from them by SHA-256.
     */
    public TablePlan exclude(String... columns) {
        return change(plan -> plan.columns = this.columns.excluding(columns));
    }

    /** The name of a column in the lake, that of the key of a merge included; its own unless set. */
    public TablePlan rename(String column, String name) {
        return change(plan -> plan.columns = columns.renaming(column, name));
    }

    /**
     * What is sent in place of a column's values: in rows, dead letters and the spool alike.
     *
     * <p>The key of a merge, or of rows with {@link #cdc}, takes {@link Mask#sha256} only, so that rows stay apart. What
     * a masked key or watermark really is stands in the checkpoint, for the last row and for pages on their way: guard
     * it like the database. Dead letters of a table with a masked key cannot be looked up and are sent as they are.
     */
    public TablePlan mask(String column, Mask mask) {
        return change(plan -> plan.columns = columns.masking(column, mask));
    }

    /** A hook that each row passes on its way; none unless set. Another one says nothing to rows that were sent. */
    public TablePlan transform(RowTransform hook) {
        return change(plan -> plan.transform = hook);
    }

    /**
     * The rows that are read: those for which an SQL condition on the table's columns is true; all unless set.
     *
     * <p>It holds for every statement, counts included. A row that stops fulfilling it is not seen as deleted: the lake
     * keeps it as it was. With another condition, which the checkpoint knows by its digest, the table has to be started
     * from its beginning.
     *
     * @param condition such as {@code country = 'DE' AND NOT test}; semicolons at its end are dropped
     * @throws IllegalArgumentException if it is empty
     */
    public TablePlan filter(String condition) {
        String part = SqlPart.of("filter of table " + source, condition);
        return change(plan -> plan.filter = part);
    }

    /**
     * Whether each batch says in its tag {@code columns} what type each column has in the database, and what JSON it is,
     * as in {@code {"price":"numeric(10,2) as string"}}; not unless set. The columns are those before a
     * {@link #transform}. Where this is longer than tags may be it is left out, and a finding says so.
     */
    public TablePlan describeColumns(boolean on) {
        return change(plan -> plan.describesColumns = on);
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

    /**
     * Reads the whole table in every pass, in the order of its key, for a table in which no column tells what changed:
     * each pass sends every row again, under new batch ids. With {@link #cdc} rows are {@code c} in the first snapshot
     * and {@code u} in those after it. Rows that are deleted from the table stay in the lake, unless {@link #deletes}
     * looks for them.
     *
     * <p>A snapshot that is broken off goes on where it was. It is not of one moment: each page is read as the table is
     * by then, and a row whose key changes meanwhile may come twice or, until the next snapshot, not at all.
     */
    public TablePlan snapshot() {
        return change(plan -> plan.snapshot = true);
    }

    /**
     * How many threads load the whole table, before its first changes are read or in a snapshot; 1 unless set. Each
     * reads parts of its own, over a connection of its own, so that the table takes up to this many connections at a
     * time, none of which waits for a push. With several threads the database walks over the key once beforehand, to
     * find parts of about the same number of rows, at most 250,000 for as long as that makes fewer than 1,000 parts. A
     * load that was begun goes on in the parts it has.
     *
     * @throws IllegalArgumentException if it is less than 1
     */
    public TablePlan loadThreads(int threads) {
        if (threads < 1) {
            throw wrong("is to be loaded by " + threads + " threads: loadThreads must be at least 1");
        }
        return change(plan -> plan.loadThreads = threads);
    }

    /**
     * How far each pass goes back behind the bound of the one before, to find rows that an application stamped with its
     * own clock and committed late, or changed once more without raising their time. Longer than any row takes from its
     * stamp to its commit, clock skew included; not set unless set. Only for watermarks that are times.
     *
     * <p>What was sent and has not changed is not sent again, as far as 10,000 rows of the time that is looked back on
     * are remembered in the checkpoint. The first pass that looks back on a table already synced sends them once more.
     */
    public TablePlan lookBack(Duration time) {
        if (time.isNegative() || time.isZero()) {
            throw wrong("looks back by " + time + ", which must be more than nothing");
        }
        return change(plan -> plan.lookBack = time);
    }

    /** What becomes of rows whose watermark is NULL: {@link NullWatermark#FAIL} unless set. */
    public TablePlan nullWatermark(NullWatermark policy) {
        return change(plan -> plan.nullWatermark = policy);
    }

    /**
     * What becomes of values that JSON or the lake has no place for; {@link TypePolicy#DEFAULT} unless set. What is
     * changed by it is counted by column in a finding of each pass, {@code VALUES_CHANGED}.
     */
    public TablePlan types(TypePolicy policy) {
        return change(plan -> plan.types = policy);
    }

    /** The table as written, or the name of the query. */
    public String source() {
        return source;
    }

    /** The lake's table, {@code schema.table}. */
    public String destination() {
        return destination;
    }

    /** The key columns, as written. */
    public List<String> key() {
        return key;
    }

    /** Whether rows are appended or merged. */
    public WriteMode mode() {
        return mode;
    }

    /** Whether rows are stamped. */
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

    /** How far each pass goes back; empty if it does not. */
    public Optional<Duration> lookBack() {
        return Optional.ofNullable(lookBack);
    }

    /** What becomes of rows whose watermark is NULL. */
    public NullWatermark nullWatermark() {
        return nullWatermark;
    }

    /** The column that marks a row as deleted, as written; empty if there is none. */
    public Optional<String> softDelete() {
        return Optional.ofNullable(softDelete);
    }

    /** How deleted rows are found; empty if they are not. */
    public Optional<DeleteScan> deletes() {
        return Optional.ofNullable(deletes);
    }

    /** Whether every pass reads the whole table. */
    public boolean isSnapshot() {
        return snapshot;
    }

    /** How many threads load the whole table, at most. */
    public int loadThreads() {
        return loadThreads;
    }

    /** The name in the lake of a column, as written in the plan. */
    public String nameOf(String column, Dialect dialect) {
        String stored = dialect.identifier(column);
        return columns.names().entrySet().stream()
                .filter(entry -> dialect.identifier(entry.getKey()).equals(stored))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(stored);
    }

    TypePolicy types() {
        return types;
    }

    ColumnChoice columns() {
        return columns;
    }

    Optional<String> query() {
        return Optional.ofNullable(query);
    }

    Optional<String> filter() {
        return Optional.ofNullable(filter);
    }

    Optional<RowTransform> transform() {
        return Optional.ofNullable(transform);
    }

    boolean describesColumns() {
        return describesColumns;
    }

    /**
     * Checks what can be told without the database.
     *
     * @throws IllegalArgumentException if something is missing or does not go together
     */
    public TablePlan checked() {
        if (watermark == null && !snapshot) {
            throw wrong("needs a watermark: the column that each change of a row raises; or make it a snapshot"
                    + ", which reads the whole table in each pass");
        }
        if (watermark != null && snapshot) {
            throw wrong("has the watermark " + watermark + " and is a snapshot, which reads all rows whatever their"
                    + " watermark: leave one of the two out");
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
        if (snapshot && (lookBack != null || nullWatermark != NullWatermark.FAIL)) {
            throw wrong("is a snapshot, which has no watermark to look back from or to be NULL: leave lookBack and"
                    + " nullWatermark out");
        }
        if (deletes != null && !cdc) {
            throw wrong("looks for deleted rows, which needs cdc: true to tell them to the lake");
        }
        if (!columns.included().isEmpty() && !columns.excluded().isEmpty()) {
            throw wrong("includes some columns and excludes others: do one of them, the rest follows");
        }
        return this;
    }

    private IllegalArgumentException wrong(String problem) {
        return new IllegalArgumentException("table " + source + " " + problem);
    }
}
