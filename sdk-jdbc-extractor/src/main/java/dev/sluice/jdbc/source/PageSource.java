package dev.sluice.jdbc.source;

import dev.sluice.batch.Batch;
import dev.sluice.batch.BatchPolicy;
import dev.sluice.jdbc.checkpoint.Cursor;
import dev.sluice.jdbc.checkpoint.Fingerprint;
import dev.sluice.jdbc.checkpoint.PendingRange;
import dev.sluice.jdbc.dialect.Activity;
import dev.sluice.jdbc.dialect.Column;
import dev.sluice.jdbc.dialect.Dialect;
import dev.sluice.jdbc.dialect.Losses;
import dev.sluice.jdbc.dialect.Query;
import dev.sluice.jdbc.dialect.Rows;
import dev.sluice.jdbc.dialect.SourceException;
import dev.sluice.jdbc.dialect.Table;
import dev.sluice.row.Destination;
import dev.sluice.row.WriteMode;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads one table in pages.
 *
 * <p>Every call takes a connection, does its work in one short read-only transaction, ends that and gives the
 * connection back, before it returns: no transaction and no connection waits for rows that are on the network. Safe for
 * use by several threads, each with a connection of its own.
 */
public final class PageSource {
    /** Rows are counted up to here. */
    private static final int COUNT_LIMIT = 10_000;

    private final Dialect dialect;
    private final TablePlan plan;
    private final TableLayout layout;
    private final Fingerprint fingerprint;
    private final TableAccess access;
    private final PageSql sql;
    private final RowReader reader;
    private final boolean undescribed;

    private PageSource(Dialect dialect, TablePlan plan, TableLayout layout, Fingerprint found, TableAccess access) {
        this.dialect = dialect;
        this.plan = plan;
        this.layout = layout;
        this.fingerprint = found;
        this.access = access;
        this.sql = new PageSql(dialect, layout);
        Optional<String> description = ColumnDescription.of(layout.fields(), dialect, plan.types());
        this.undescribed = plan.describesColumns() && description.isEmpty();
        Destination plain = destination(plan, layout);
        Destination described = description
                .filter(text -> plan.describesColumns())
                .map(text -> plain.tag(ColumnDescription.TAG, text))
                .orElse(plain);
        RowChange change = plan.transform()
                .map(hook -> new RowChange(table(), hook, layout.keyNames(), layout.stamps()))
                .orElse(null);
        this.reader = new RowReader(layout, described, plan, new FieldWriter(layout, change));
    }

    /**
     * Finds the plan's table and columns in the database.
     *
     * @throws SourceException if the database cannot be reached or something of the plan is not in it
     */
    public static PageSource open(Transactions transactions, TablePlan plan) {
        Dialect dialect = transactions.dialect();
        return transactions.run("looking up " + plan.source(), connection -> {
            Table table = SourceTable.find(connection, dialect, plan);
            TableLayout layout = TableLayout.of(plan, table, dialect);
            Fingerprint fingerprint = layout.fingerprint(dialect.identity(connection));
            TableAccess access = new TableAccess(transactions, plan, layout, plan.types());
            return new PageSource(dialect, plan, layout, fingerprint, access);
        });
    }

    /** The table's full name, as the database has it. */
    public String table() {
        return layout.table().name();
    }

    /** What a cursor into this table is valid for. */
    public Fingerprint fingerprint() {
        return fingerprint;
    }

    /** How many rows the database believes the table has; -1 if it has no idea. */
    public long estimatedRows() {
        return layout.table().estimatedRows();
    }

    /** The values that were changed on their way, because JSON or the lake has no place for them. */
    public Losses losses() {
        return access.losses();
    }

    /** The columns that are sent, each with its type in the database, as {@code price numeric(10,2)}. */
    public List<String> columns() {
        return layout.fields().stream()
                .map(field -> field.column().name() + " " + field.column().type())
                .toList();
    }

    /** Whether batches were to describe their columns and there are too many of them for that. */
    public boolean isUndescribed() {
        return undescribed;
    }

    /** Whether the watermark is a time, for which {@link #bound} is taken; else bounds are values that were reached. */
    public boolean isTimed() {
        return layout.isTimed();
    }

    /** What is open in the database now. */
    public Activity activity() {
        return access.work("taking the horizon for", dialect::activity);
    }

    /** A time in the watermark's own type: rows strictly below it are older. */
    public String bound(Instant time) {
        ZoneId zone = plan.watermarkZone().orElse(null);
        return access.work(
                "taking the horizon for", connection -> dialect.bound(connection, layout.watermark(), zone, time));
    }

    /** The highest watermark that is committed; empty if no row has one. */
    public Optional<String> highest() {
        return access.work("reading the highest watermark of", connection -> {
            try (Rows rows = access.plain(connection, sql.highest())) {
                return rows.next() ? Optional.ofNullable(rows.text(0)) : Optional.empty();
            }
        });
    }

    /**
     * Looks for rows that are never read: those without a watermark or a key.
     *
     * @return how many are skipped because the plan says so
     * @throws SourceException that counts them, if it does not
     */
    public long checkNulls() {
        Map<String, String> nullable = new LinkedHashMap<>();
        if (layout.mayLackWatermark()) {
            nullable.put(layout.watermarkName(), layout.watermarkSql());
        }
        layout.nullableKey().forEach(column -> nullable.putIfAbsent(column.name(), layout.ref(column)));
        if (nullable.isEmpty()) {
            return 0;
        }
        List<String> counts = access.work(
                "looking for NULLs in",
                connection -> access.texts(connection, sql.nulls(List.copyOf(nullable.values())), nullable.size()));
        long skipped = 0;
        int at = 0;
        for (String name : nullable.keySet()) {
            long count = Long.parseLong(counts.get(at++));
            if (plan.nullWatermark().skips() && isWatermark(name) && !layout.isKey(name)) {
                skipped = count;
            } else {
                refuseNulls(name, count);
            }
        }
        return skipped;
    }

    /** Whether the cursor lies in the database's future, as it does after a restore from a backup. */
    public boolean isAhead(Cursor cursor, String now) {
        return cursor.watermark() != null
                && 1 == access.count("comparing the cursor of", sql.isAbove(cursor.watermark(), now));
    }

    /**
     * Rows that a bound keeps from being read, counted up to 10,000: they are not lost, they wait for a later pass.
     *
     * @param bound null if it keeps all rows
     * @param future rows above are not counted; null to count all
     */
    public int heldBack(@Nullable String bound, @Nullable String future) {
        return access.count("counting", sql.countHeld(bound, future, COUNT_LIMIT));
    }

    /** The next pages of a slice, read in one transaction; none if there are no more rows. */
    public List<Page> next(Slice slice, Reading reading) {
        // One row more than is read: it tells whether there is a next one.
        return read(slice, reading, reading.extent().rows() + 1);
    }

    /**
     * The key of the last of so many rows behind a place, in the order of the keys; empty if there are none. The
     * database walks over these rows.
     *
     * @param from null for the table's beginning
     */
    public Optional<Cursor> keyBehind(@Nullable Cursor from, int rows) {
        int columns = layout.key().size();
        return access.row("finding parts of", sql.keyBehind(from, rows), columns)
                .map(layout.keyOrder()::place);
    }

    /**
     * The rows that are now where the range's rows were; empty if all have moved on.
     *
     * @param known as when the range was read; what was sent since would be left out
     */
    public Optional<Page> again(PendingRange range, Stamps stamps, long epoch, @Nullable Known known) {
        BatchPolicy all = new BatchPolicy(BatchPolicy.ROW_LIMIT, BatchPolicy.BYTE_LIMIT);
        Reading once = new Reading(stamps, epoch, all, new Reading.Extent(0, 1), known);
        return read(Slice.of(range), once, 0).stream().findFirst();
    }

    /** The values of the column that rows are watched by. */
    public Watermarks watermarks() {
        return new Watermarks(layout, access, sql);
    }

    /**
     * The statement that reads a page of a slice, its values written as literals so that it can be run by hand.
     *
     * @param rows how many rows a page has at most; 0 for all of the slice
     */
    public String sql(Slice slice, int rows) {
        return sql.page(slice, rows == 0 ? 0 : rows + 1)
                .render(text -> text, value -> "'" + value.replace("'", "''") + "'");
    }

    /** The rows of a slice, counted up to 10,000. */
    public int count(Slice slice) {
        return access.count("counting", sql.count(slice, COUNT_LIMIT));
    }

    /** Whether rows are appended, in whatever order, and not merged. */
    public boolean isAppended() {
        return plan.mode() == WriteMode.APPEND;
    }

    /** The table's keys. */
    public TableKeys keys() {
        return new TableKeys(layout, access, sql, new KeyReader(layout, dialect), reader.destination());
    }

    /**
     * Whether rows for a destination may be this table's, sent as the plan says, and can be looked up in it: same table,
     * same mode, same key, which is not masked.
     */
    public boolean writesTo(Destination other) {
        return layout.isKeyClear() && reader.destination().toString().equals(other.toString());
    }

    /**
     * The keys of a batch's rows, each once, as the database writes them.
     *
     * @param sent rows of this table, as they were sent once
     * @throws SourceException if a row has no value for a key column
     */
    public List<List<String>> keys(Batch sent) {
        return List.copyOf(new LinkedHashSet<>(new KeyReader(layout, dialect).keys(sent)));
    }

    /**
     * The rows of these keys as they are in the table now, in the order of their keys, under an id that follows from
     * their columns; empty if none of them is there any more. Those of 1,000 keys are looked up by one statement.
     *
     * @throws SourceException if a key is not unique in the table
     */
    public Optional<Batch> current(List<List<String>> keys, Stamps stamps) {
        return new RowLookup(layout, sql, access, reader).current(keys, stamps);
    }

    private List<Page> read(Slice slice, Reading reading, int limit) {
        Query query = sql.page(slice, limit);
        return access.reading("reading", connection -> {
            List<Page> pages;
            try (Rows rows = access.rows(connection, query)) {
                pages = reader.read(rows, slice, reading);
            }
            checkUnique(
                    connection,
                    slice,
                    pages.stream()
                            .filter(page -> !page.last())
                            .map(page -> page.range().to())
                            .toList());
            return pages;
        });
    }

    /**
     * Another page may begin behind each of these places, be it after a crash: a second row at it would be lost. The
     * database is asked, for it may hold equal what differs as text.
     */
    private void checkUnique(Connection connection, Slice slice, List<Cursor> places) throws SQLException {
        if (!places.isEmpty() && access.count(connection, sql.mostAt(slice.phase(), places)) > 1) {
            String columns =
                    String.join(", ", layout.key().stream().map(Column::name).toList());
            throw new SourceException(layout.table().name() + " has several rows of the same "
                    + (slice.phase().isByKey() ? "key" : "watermark and key") + ": the key columns (" + columns
                    + ") must be unique together; add a column to the key");
        }
    }

    private boolean isWatermark(String name) {
        return layout.mayLackWatermark() && name.equals(layout.watermarkName());
    }

    private void refuseNulls(String name, long count) {
        if (count > 0) {
            throw new SourceException(layout.table().name() + " has " + count + (count == 1 ? " row" : " rows")
                    + " with NULL in " + name
                    + ", which would never be synced: give them a value, then declare the column NOT NULL"
                    + (isWatermark(name) ? "; or set nullWatermark to what becomes of them" : ""));
        }
    }

    private static Destination destination(TablePlan plan, TableLayout layout) {
        return plan.mode() == WriteMode.MERGE
                ? Destination.merge(plan.destination(), layout.keyNames().get(0))
                : Destination.append(plan.destination());
    }
}
