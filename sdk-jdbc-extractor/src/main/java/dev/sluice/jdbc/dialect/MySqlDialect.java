package dev.sluice.jdbc.dialect;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * MySQL and MariaDB: what their information schema says, and expressions whose text no driver setting changes.
 *
 * <p>MySQL has no settings for the length of a transaction. Those that texts and comparisons depend on are set for the
 * session by {@link #begin}, which keeps what they were in variables of the session, and set back by {@link #end}.
 */
final class MySqlDialect implements Dialect {
    private static final Set<Integer> DENIED = Set.of(1142, 1143, 1044);
    /**
     * Lock wait timeout, deadlock, a table that was rebuilt since the snapshot was taken, shutdown, too many connections,
     * a statement or connection that was given up or killed, and the client's own numbers for a connection that is gone.
     */
    private static final Set<Integer> TRANSIENT =
            Set.of(1205, 1213, 1412, 1053, 1040, 1203, 1317, 1927, 1969, 3024, 4031, 2006, 2013);

    /** What the driver asks for to hand rows out one by one; see "JDBC API Implementation Notes" of Connector/J. */
    private static final int STREAM = Integer.MIN_VALUE;

    /** For what has no values, but texts of places and counts: that is short. */
    private static final int ALL = 0;

    /** Rows that other drivers fetch at a time. */
    private static final int FETCH_ROWS = 200;

    /**
     * In UTC, a TIMESTAMP has one text and compares with it, also in the hour that comes twice elsewhere. Without
     * other modes, CHAR is not padded, and with this one every date that is stored can be
     * cast back. A limit would cut statements that have none of their own. Sorting goes by the first {@code max_sort_length} bytes, of which a key may have more. The limits of time are
     * kept for {@link #limitTime}; each server runs what is meant for it and takes the other's for a comment.
     */
    private static final String SET = """
            SET @sluice_time_zone = @@session.time_zone, @sluice_sql_mode = @@session.sql_mode,
            @sluice_limit = @@session.sql_select_limit, @sluice_results = @@session.character_set_results,
            @sluice_sort = @@session.max_sort_length, @sluice_idle = @@session.wait_timeout,
            /*!50708 @sluice_statement = @@session.max_execution_time, */
            /*M! @sluice_statement = @@session.max_statement_time, */
            @sluice_saved = 1,
            @@session.time_zone = '+00:00', @@session.sql_mode = 'ALLOW_INVALID_DATES',
            @@session.sql_select_limit = 18446744073709551615, @@session.character_set_results = 'utf8mb4',
            @@session.max_sort_length = 16384""";

    /** Without a scope it is the next transaction's, as with SET TRANSACTION. */
    private static final String SET_ISOLATION = """
            /*!80003 , @@transaction_isolation = 'REPEATABLE-READ' */
            /*M! , @@tx_isolation = 'REPEATABLE-READ' */""";

    /** In MySQL 5.7 the variable's name depends on the release. */
    private static final int ISOLATION_IS_ONE_VARIABLE = 8;

    /** What was not set stays as it is. Numbers are cast, for without a value a variable has the type of texts. */
    private static final String SET_BACK = """
            SET @@session.time_zone = IF(@sluice_saved IS NULL, @@session.time_zone, @sluice_time_zone),
            @@session.sql_mode = IF(@sluice_saved IS NULL, @@session.sql_mode, @sluice_sql_mode),
            @@session.sql_select_limit =
              CAST(IF(@sluice_saved IS NULL, @@session.sql_select_limit, @sluice_limit) AS UNSIGNED),
            @@session.character_set_results =
              IF(@sluice_saved IS NULL, @@session.character_set_results, @sluice_results),
            @@session.max_sort_length =
              CAST(IF(@sluice_saved IS NULL, @@session.max_sort_length, @sluice_sort) AS UNSIGNED),
            @@session.wait_timeout =
              CAST(IF(@sluice_saved IS NULL, @@session.wait_timeout, @sluice_idle) AS UNSIGNED),
            /*!50708 @@session.max_execution_time =
              CAST(IF(@sluice_saved IS NULL, @@session.max_execution_time, @sluice_statement) AS UNSIGNED), */
            /*M! @@session.max_statement_time =
              IF(@sluice_saved IS NULL, @@session.max_statement_time, @sluice_statement) + 0e0, */
            @sluice_saved = NULL""";

    /** MySQL counts a statement's milliseconds, MariaDB its seconds; an idle session has whole ones. */
    private static final String LIMIT_TIME = """
            SET @@session.wait_timeout = %1$d
            /*!50708 , @@session.max_execution_time = %2$d */
            /*M! , @@session.max_statement_time = %2$d / 1000 */""";

    @Override
    public String identifier(String written) {
        List<String> parts = MySqlCatalog.parts(written);
        return parts.size() == 1 ? parts.get(0) : written;
    }

    @Override
    public String quote(String identifier) {
        return '`' + identifier.replace("`", "``") + '`';
    }

    /** Names of columns are the same in every case. */
    @Override
    public Optional<Column> column(Table table, String written) {
        String name = identifier(written);
        return table.columns().stream()
                .filter(column -> column.name().equalsIgnoreCase(name))
                .findFirst();
    }

    /** The level holds for the next transaction only; a SERIALIZABLE one would wait for writers. */
    @Override
    public void begin(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            if (connection.getMetaData().getDatabaseMajorVersion() < ISOLATION_IS_ONE_VARIABLE) {
                statement.execute(SET);
                statement.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
            } else {
                statement.execute(SET + SET_ISOLATION);
            }
            statement.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY");
        }
    }

    /** The server ends statements that read, which here are all; an idle session loses its connection. */
    @Override
    public void limitTime(Connection connection, Duration atMost) throws SQLException {
        long millis = Math.max(1, atMost.toMillis());
        try (Statement statement = connection.createStatement()) {
            statement.execute(LIMIT_TIME.formatted((millis + 999) / 1000, millis));
        }
    }

    @Override
    public void end(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(SET_BACK);
        }
    }

    /**
     * MySQL's is made once, with the data directory. MariaDB's {@code server_uid} follows the network card, so there the
     * database's name has to do.
     */
    @Override
    public String identity(Connection connection) throws SQLException {
        return Sql.one(connection, "SELECT concat(/*!50700 @@server_uuid, '/', */ coalesce(database(), ''))");
    }

    @Override
    public Optional<Table> describe(Connection connection, String written) throws SQLException {
        return MySqlCatalog.describe(connection, this, written);
    }

    /**
     * Goes by what the driver says of the result, which is less than the information schema knows: {@code tinyint(1)}
     * and {@code bit} are numbers here, and times count as having whole seconds, which holds rows back a little longer.
     */
    @Override
    public List<Column> describeQuery(Connection connection, String sql) throws SQLException {
        return MySqlCatalog.describeQuery(connection, sql);
    }

    @Override
    public String value(String reference, Column column) {
        return MySqlTypes.value(reference, column);
    }

    @Override
    public String text(String reference, Column column) {
        return MySqlTypes.text(reference, column);
    }

    @Override
    public String cast(String operand, Column column) {
        return MySqlTypes.cast(operand, column);
    }

    @Override
    public Rows rows(Connection connection, Query query, List<Column> columns, TypePolicy policy, Losses losses)
            throws SQLException {
        if (connection.getMetaData().getDriverName().startsWith("MySQL")) {
            List<ValueWriter> writers = columns.stream()
                    .map(column -> MySqlTypes.writer(column, policy, losses))
                    .toList();
            String bare = query.render(MySqlTypes::bare, MySqlTypes::literal);
            return MySqlRows.run(connection, bare, writers, columns.isEmpty() ? ALL : STREAM);
        }
        List<ColumnReader> readers = columns.stream()
                .map(column -> MySqlTypes.reader(column, policy, losses))
                .toList();
        return JdbcRows.run(connection, query.toString(), query, readers, FETCH_ROWS);
    }

    @Override
    public String unwritten(String json, Column column) {
        return MySqlTypes.unwritten(json, column);
    }

    @Override
    public boolean isTime(Column column) {
        return Set.of("datetime", "timestamp", "date").contains(column.kind());
    }

    @Override
    public boolean isOrdered(Column column) {
        return MySqlTypes.isOrdered(column);
    }

    @Override
    public String isDeleted(String reference, Column column) {
        boolean isBoolean =
                column.type().startsWith("tinyint(1)") || column.type().startsWith("bit");
        return isBoolean ? "coalesce(" + reference + ", 0) <> 0" : reference + " IS NOT NULL";
    }

    /** Row values are compared row by row, without an index (MySQL bug 111952). */
    @Override
    public boolean comparesRows() {
        return false;
    }

    @Override
    public String limit(int rows) {
        return "LIMIT " + rows;
    }

    @Override
    public Activity activity(Connection connection) throws SQLException {
        return MySqlClock.activity(connection);
    }

    @Override
    public String bound(Connection connection, Column column, @Nullable ZoneId zone, Instant time) throws SQLException {
        return MySqlClock.bound(connection, column, zone, time);
    }

    @Override
    public boolean isTransient(SQLException problem) {
        String state = Objects.requireNonNullElse(problem.getSQLState(), "");
        return state.startsWith("08") || state.startsWith("40") || TRANSIENT.contains(problem.getErrorCode());
    }

    /** A column that an update sets by itself is told by the catalogue alone. */
    @Override
    public Structure structure(Connection connection, Table table) throws SQLException {
        Structure told = JdbcStructure.of(connection, table);
        Set<String> stamped = new HashSet<>(told.stamped());
        List<String> names = JdbcStructure.names(table.sql());
        String sql = "SELECT COLUMN_NAME FROM information_schema.COLUMNS"
                + " WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND EXTRA LIKE '%on update%'";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, names.get(0));
            statement.setString(2, names.get(1));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    stamped.add(rows.getString(1));
                }
            }
        }
        return new Structure(told.isView(), told.indexes(), told.hasTriggers(), stamped, told.caches());
    }

    /** A command, a column or the database was denied to the user. */
    @Override
    public boolean isDenied(SQLException problem) {
        return DENIED.contains(problem.getErrorCode());
    }
}
