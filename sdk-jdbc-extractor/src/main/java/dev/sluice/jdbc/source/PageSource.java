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
import dev.sluice.jdbc.dialect.TypePolicy;
import dev.sluice.row.Destination;
import dev.sluice.row.WriteMode;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import javax.sql.DataSource;

/**
 * Reads one table in pages.
 *
 * <p>Every call takes a connection, does its work in one short read-only transaction, ends that and gives the
 * connection back, before it returns: no transaction is open and no connection held while rows are on the network. Safe
 * for use by several threads, each with a connection of its own.
 */
public final class PageSource {
    /** Rows held back are counted up to here. */
    private static final int COUNT_LIMIT = 10_000;

    private final Dialect dialect;
    private final TablePlan plan;
    private final TableLayout layout;
    private final Fingerprint fingerprint;
    private final TableAccess access;
    private final PageSql sql;
    private final RowReader reader;

    private PageSource(Dialect dialect, TablePlan plan, TableLayout layout, Fingerprint found, TableAccess access) {
        this.dialect = dialect;
        this.plan = plan;
        this.layout = layout;
        this.fingerprint = found;
        this.access = access;
        this.sql = new PageSql(dialect, layout);
        this.reader = new RowReader(layout, destination(plan, layout), plan.isCdc());
    }

    /**
     * Finds the plan's table and columns in the database.
     *
     * @throws SourceException if the database cannot be reached or something of the plan is not in it
     */
    public static PageSource open(DataSource database, Dialect dialect, TablePlan plan) {
        return Transaction.run(database, dialect, "looking up " + plan.source(), connection -> {
            Table table = dialect.describe(connection, plan.source())
                    .orElseThrow(() -> new SourceException("there is no table or view " + plan.source()
                            + " in the database, or this user may not see it; names are written as in SQL:"
                            + " schema.table, quoted where they have capitals (materialized views and foreign tables"
                            + " cannot be read safely)"));
            TableLayout layout = TableLayout.of(plan, table, dialect);
            Fingerprint fingerprint = layout.fingerprint(dialect.identity(connection));
            TableAccess access = new TableAccess(database, dialect, layout, TypePolicy.DEFAULT);
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

    /**
     * Takes the bound of a pass: rows strictly below it are complete.
     *
     * @param rule where it lies, by what the database says of its transactions
     */
    public Horizon horizon(Function<Activity, Instant> rule) {
        ZoneId zone = plan.watermarkZone().orElse(null);
        return access.work("taking the horizon for", connection -> {
            Activity activity = dialect.activity(connection);
            Instant time = rule.apply(activity);
            return new Horizon(
                    time,
                    dialect.bound(connection, layout.watermark(), zone, time),
                    dialect.bound(connection, layout.watermark(), zone, activity.now()));
        });
    }

    /**
     * Refuses a table with rows that could never be read: those without a watermark or a key.
     *
     * @throws SourceException that counts them
     */
    public void checkNulls() {
        List<Column> nullable = layout.nullable();
        if (nullable.isEmpty()) {
            return;
        }
        List<String> counts = access.work(
                "looking for NULLs in", connection -> access.texts(connection, sql.nulls(nullable), nullable.size()));
        for (int i = 0; i < nullable.size(); i++) {
            refuseNulls(nullable.get(i), Long.parseLong(counts.get(i)));
        }
    }

    /** Whether the cursor lies in the database's future, as it does after a restore from a backup. */
    public boolean isAhead(Cursor cursor, Horizon horizon) {
        if (cursor.watermark() == null || horizon.now() == null) {
            return false;
        }
        return 1 == access.count("comparing the cursor of", sql.isAbove(cursor.watermark(), horizon.now()));
    }

    /** Rows at or above the bound, counted up to 10,000: they are not lost, they wait for a later pass. */
    public int heldBack(String bound) {
        return access.count("counting", sql.countFrom(bound, COUNT_LIMIT));
    }

    /** Of the rows held back, those whose watermark lies in the database's future, counted up to 10,000. */
    public int inFuture(Horizon horizon) {
        return horizon.now() == null ? 0 : access.count("counting", sql.countAbove(horizon.now(), COUNT_LIMIT));
    }

    /** The next rows of a slice; empty if there are none. */
    public Optional<Page> next(Slice slice, Reading reading) {
        // One row more than a page has: it tells whether there is a next one.
        return read(slice, reading, reading.limits().maxRows() + 1);
    }

    /** The rows that are now where the range's rows were; empty if all have moved on. */
    public Optional<Page> again(PendingRange range, Stamps stamps, long epoch) {
        BatchPolicy all = new BatchPolicy(BatchPolicy.ROW_LIMIT, BatchPolicy.BYTE_LIMIT);
        return read(Slice.of(range), new Reading(stamps, epoch, all), 0);
    }

    /** The table's keys. */
    public TableKeys keys() {
        return new TableKeys(layout, access, sql, new KeyReader(layout, dialect), reader.destination());
    }

    /** Whether rows for a destination may be this table's, sent as the plan says: same table, same mode, same key. */
    public boolean writesTo(Destination other) {
        return reader.destination().toString().equals(other.toString());
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

    private Optional<Page> read(Slice slice, Reading reading, int limit) {
        Query query = sql.page(slice, limit);
        return access.work("reading", connection -> {
            Optional<Page> page;
            try (Rows rows = access.rows(connection, query)) {
                page = reader.read(rows, slice, reading);
            }
            if (page.isPresent() && !page.get().last()) {
                checkUnique(connection, slice, page.get().range().to());
            }
            return page;
        });
    }

    /**
     * The next page begins behind this place: a second row at it would be lost. The database is asked, for it may hold
     * equal what differs as text.
     */
    private void checkUnique(Connection connection, Slice slice, Cursor place) throws SQLException {
        if (access.count(connection, sql.countAt(slice.phase(), place)) > 1) {
            String columns =
                    String.join(", ", layout.key().stream().map(Column::name).toList());
            throw new SourceException(
                    layout.table().name() + " has several rows of the same watermark and key: the key columns ("
                            + columns + ") must be unique together; add a column to the key");
        }
    }

    private void refuseNulls(Column column, long count) {
        if (count > 0) {
            throw new SourceException(layout.table().name() + " has " + count + (count == 1 ? " row" : " rows")
                    + " with NULL in " + column.name()
                    + ", which would never be synced: give them a value, then declare the column NOT NULL");
        }
    }

    private static Destination destination(TablePlan plan, TableLayout layout) {
        return plan.mode() == WriteMode.MERGE
                ? Destination.merge(plan.destination(), layout.key().get(0).name())
                : Destination.append(plan.destination());
    }
}
