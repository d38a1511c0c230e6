package dev.sluice.jdbc.source;

import dev.sluice.batch.Batch;
import dev.sluice.batch.BatchPolicy;
import dev.sluice.batch.RowBuffer;
import dev.sluice.jdbc.checkpoint.Cursor;
import dev.sluice.jdbc.checkpoint.Fingerprint;
import dev.sluice.jdbc.checkpoint.PendingRange;
import dev.sluice.jdbc.dialect.Column;
import dev.sluice.jdbc.dialect.Dialect;
import dev.sluice.jdbc.dialect.Horizon;
import dev.sluice.jdbc.dialect.SourceException;
import dev.sluice.jdbc.dialect.Table;
import dev.sluice.row.Destination;
import dev.sluice.row.WriteMode;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Reads one table in pages.
 *
 * <p>Every call takes a connection, does its work in one short read-only transaction, ends that and gives the
 * connection back, before it returns: no transaction is open and no connection held while rows are on the network. Not
 * safe for use by several threads.
 */
public final class PageSource {
    /** Rows the driver fetches at a time: a page of long rows is not in memory twice. */
    private static final int FETCH_ROWS = 200;

    private static final int LOOK_UP_KEYS = 1_000;

    /** Rows held back are counted up to here. */
    private static final int COUNT_LIMIT = 10_000;

    private final DataSource database;
    private final Dialect dialect;
    private final TablePlan plan;
    private final TableLayout layout;
    private final Fingerprint fingerprint;
    private final PageSql sql;
    private final RowReader reader;

    private PageSource(
            DataSource database, Dialect dialect, TablePlan plan, TableLayout layout, Fingerprint fingerprint) {
        this.database = database;
        this.dialect = dialect;
        this.plan = plan;
        this.layout = layout;
        this.fingerprint = fingerprint;
        this.sql = new PageSql(dialect, layout);
        this.reader = new RowReader(layout, destination(plan, layout), plan.isCdc(), dialect);
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
            return new PageSource(database, dialect, plan, layout, fingerprint);
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

    /**
     * Takes the bound of a pass: rows strictly below it are complete.
     *
     * @param lag what to fall back on where other transactions cannot be seen
     * @param previous the horizon of the pass before, if there was one
     */
    public Horizon horizon(@Nullable Duration lag, @Nullable String previous) {
        ZoneId zone = plan.watermarkZone().orElse(null);
        return work(
                "taking the horizon for",
                connection -> dialect.horizon(connection, layout.watermark(), zone, lag, previous));
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
        work("looking for NULLs in", connection -> {
            try (Statement statement = connection.createStatement();
                    ResultSet counts = statement.executeQuery(sql.nulls(nullable))) {
                counts.next();
                for (int i = 0; i < nullable.size(); i++) {
                    refuseNulls(nullable.get(i), counts.getLong(i + 1));
                }
            }
            return true;
        });
    }

    /** Whether the cursor lies in the database's future, as it does after a restore from a backup. */
    public boolean isAhead(Cursor cursor, Horizon horizon) {
        return 1 == count("comparing the cursor of", sql.isAbove(), List.of(cursor.watermark(), horizon.now()));
    }

    /** Rows at or above the bound, counted up to 10,000: they are not lost, they wait for a later pass. */
    public int heldBack(String bound) {
        return count("counting", sql.heldBack(), List.of(bound, COUNT_LIMIT));
    }

    /** Of the rows held back, those whose watermark lies in the database's future, counted up to 10,000. */
    public int inFuture(Horizon horizon) {
        return count("counting", sql.inFuture(), List.of(horizon.now(), COUNT_LIMIT));
    }

    /**
     * The next rows behind the cursor and strictly below the bound; empty if there are none.
     *
     * @param cursor null for the beginning of the table
     */
    public Optional<Page> next(@Nullable Cursor cursor, String bound, Stamps stamps, long epoch, BatchPolicy limits) {
        List<Object> values = new ArrayList<>(List.of(bound));
        addPlace(values, cursor);
        // One row more than a page has: it tells whether there is a next one.
        values.add(limits.maxRows() + 1);
        String query = cursor == null ? sql.firstPage() : sql.nextPage();
        return read(query, values, cursor, stamps, epoch, limits);
    }

    /** The rows that are now where the range's rows were; empty if all have moved on. */
    public Optional<Page> again(PendingRange range, Stamps stamps, long epoch) {
        List<Object> values = new ArrayList<>();
        addPlace(values, range.to());
        addPlace(values, range.from());
        String query = range.from() == null ? sql.rangeFromStart() : sql.range();
        BatchPolicy all = new BatchPolicy(BatchPolicy.ROW_LIMIT, BatchPolicy.BYTE_LIMIT);
        return read(query, values, range.from(), stamps, epoch, all);
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
        return work("looking up rows of", connection -> {
            RowBuffer rows = new RowBuffer();
            MessageDigest content = RowReader.sha256();
            for (int from = 0; from < keys.size(); from += LOOK_UP_KEYS) {
                List<List<String>> some = keys.subList(from, Math.min(from + LOOK_UP_KEYS, keys.size()));
                lookUp(connection, some, stamps, rows, content);
            }
            return reader.batch(rows, content);
        });
    }

    private void lookUp(
            Connection connection, List<List<String>> keys, Stamps stamps, RowBuffer rows, MessageDigest content)
            throws SQLException {
        int before = rows.rows();
        Set<List<@Nullable String>> present = new HashSet<>();
        try (PreparedStatement statement = connection.prepareStatement(sql.byKeys(keys.size()))) {
            statement.setFetchSize(FETCH_ROWS);
            bind(statement, keys.stream().<Object>flatMap(List::stream).toList());
            try (ResultSet found = statement.executeQuery()) {
                reader.addAll(found, stamps, rows, content, present);
            }
        }
        // Two rows of one key would hide that another key is gone.
        if (rows.rows() - before > Math.min(keys.size(), present.size())) {
            throw new SourceException(layout.table().name() + " has several rows of the same key ("
                    + String.join(", ", layout.key().stream().map(Column::name).toList())
                    + "): the key columns must be unique together; add a column to the key");
        }
    }

    private Optional<Page> read(
            String query, List<Object> values, @Nullable Cursor from, Stamps stamps, long epoch, BatchPolicy limits) {
        return work("reading", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(query)) {
                statement.setFetchSize(FETCH_ROWS);
                bind(statement, values);
                try (ResultSet rows = statement.executeQuery()) {
                    Optional<Page> page = reader.read(rows, from, stamps, epoch, limits);
                    if (page.isPresent() && !page.get().last()) {
                        checkUnique(connection, page.get().range().to());
                    }
                    return page;
                }
            }
        });
    }

    /**
     * The next page begins behind this place: a second row at it would be lost. The database is asked, for it may hold
     * equal what differs as text.
     */
    private void checkUnique(Connection connection, Cursor place) throws SQLException {
        List<Object> values = new ArrayList<>();
        addPlace(values, place);
        if (count(connection, sql.rowsAt(), values) > 1) {
            String columns =
                    String.join(", ", layout.key().stream().map(Column::name).toList());
            throw new SourceException(
                    layout.table().name() + " has several rows of the same watermark and key: the key columns ("
                            + columns + ") must be unique together; add a column to the key");
        }
    }

    private int count(String doing, String query, List<Object> values) {
        return work(doing, connection -> count(connection, query, values));
    }

    private static int count(Connection connection, String query, List<Object> values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            bind(statement, values);
            try (ResultSet rows = statement.executeQuery()) {
                rows.next();
                return rows.getInt(1);
            }
        }
    }

    private <T> T work(String doing, Transaction.Work<T> work) {
        return Transaction.run(database, dialect, doing + " " + layout.table().name(), work);
    }

    private void refuseNulls(Column column, long count) {
        if (count > 0) {
            throw new SourceException(layout.table().name() + " has " + count + (count == 1 ? " row" : " rows")
                    + " with NULL in " + column.name()
                    + ", which would never be synced: give them a value, then declare the column NOT NULL");
        }
    }

    private static void addPlace(List<Object> values, @Nullable Cursor place) {
        if (place != null) {
            values.add(place.watermark());
            values.addAll(place.key());
        }
    }

    private static void bind(PreparedStatement statement, List<Object> values) throws SQLException {
        for (int i = 0; i < values.size(); i++) {
            if (values.get(i) instanceof Integer number) {
                statement.setInt(i + 1, number);
            } else {
                statement.setString(i + 1, (String) values.get(i));
            }
        }
    }

    private static Destination destination(TablePlan plan, TableLayout layout) {
        return plan.mode() == WriteMode.MERGE
                ? Destination.merge(plan.destination(), layout.key().get(0).name())
                : Destination.append(plan.destination());
    }
}
