package dev.sluice.jdbc.dialect;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** PostgreSQL: what its catalogue, its statistics views and its output functions say. */
final class PostgresDialect implements Dialect {
    private static final Pattern PLAIN = Pattern.compile("[a-z_][a-z0-9_$]*");
    private static final Set<String> TIMES = Set.of("timestamptz", "timestamp", "date");

    private static final Set<String> UNORDERED =
            Set.of("json", "xml", "point", "line", "lseg", "box", "path", "polygon", "circle", "aclitem");

    /**
     * Shutdown, crash recovery, a session that was idle for too long, too many connections, a statement or lock that was
     * given up.
     */
    private static final Set<String> TRANSIENT =
            Set.of("57P01", "57P02", "57P03", "57P05", "57014", "55P03", "53300", "25P03", "25P04");

    private static final boolean HAS_DRIVER = hasDriver();

    /** Rows the driver fetches at a time where it does not copy: a page of long rows is not in memory twice. */
    private static final int FETCH_ROWS = 200;

    /** What {@code undefined_table} and a malformed or unknown schema name have for SQLSTATE. */
    private static final Set<String> NO_SUCH_NAME = Set.of("42P01", "3F000", "42602", "42601");

    private static final String AS_TEXT = "::text";

    /**
     * Keeps the driver from taking a value in binary, to write it in its own way. COPY leaves this out where its own
     * binary form is understood ({@link BinaryTypes}), which saves half of the server's work; the comment is what it is
     * told by.
     */
    static final String AS_JDBC_TEXT = AS_TEXT + "/*for JDBC*/";

    /** What a query that is given up takes the transaction back to, for an error ends all else in it. */
    static final String SAVEPOINT = "sluice_begun";

    /**
     * Ends with the transaction, so that nothing is left behind for a pool's next user. PostgreSQL's manual, "Client
     * Connection Defaults": each of these changes how values are written.
     */
    private static final String BEGIN = """
            SET TRANSACTION READ ONLY; SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO, YMD';
            SET LOCAL IntervalStyle = 'postgres'; SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 3;
            SET LOCAL quote_all_identifiers = off;
            SAVEPOINT\s""" + SAVEPOINT;

    @Override
    public String identifier(String written) {
        if (written.length() > 2 && written.startsWith("\"") && written.endsWith("\"")) {
            return written.substring(1, written.length() - 1).replace("\"\"", "\"");
        }
        return lowerCase(written);
    }

    /** In UTF-8 PostgreSQL folds ASCII letters only. */
    private static String lowerCase(String name) {
        StringBuilder folded = new StringBuilder(name);
        for (int i = 0; i < folded.length(); i++) {
            char c = folded.charAt(i);
            if (c >= 'A' && c <= 'Z') {
                folded.setCharAt(i, (char) (c + ('a' - 'A')));
            }
        }
        return folded.toString();
    }

    @Override
    public String quote(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    @Override
    public void begin(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute(BEGIN);
        }
    }

    /** In place of what is set for the role: an idle time that suits a person is too short between two fetches. */
    @Override
    public void limitTime(Connection connection, Duration atMost) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET LOCAL statement_timeout = " + atMost.toMillis()
                    + "; SET LOCAL idle_in_transaction_session_timeout = " + atMost.toMillis());
        }
    }

    /** The cluster's identifier survives a restart and a move to a replica; not every user may read it. */
    @Override
    public String identity(Connection connection) throws SQLException {
        String readable = "SELECT has_function_privilege('pg_control_system()', 'EXECUTE')";
        boolean mayRead = Sql.one(connection, readable).equals("t");
        String cluster =
                mayRead ? Sql.one(connection, "SELECT system_identifier::text FROM pg_control_system()") + "/" : "";
        return cluster + Sql.one(connection, "SELECT current_database()::text");
    }

    /**
     * Tables, partitioned tables and views. Materialized views and foreign tables are left out: a refresh, or the other
     * server's transactions, bring rows with old times that no horizon of this database foresees.
     */
    @Override
    public Optional<Table> describe(Connection connection, String written) throws SQLException {
        String find = """
                SELECT c.oid, n.nspname, c.relname, c.reltuples::bigint
                FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE c.oid = to_regclass(?) AND c.relkind IN ('r', 'p', 'v')""";
        try (PreparedStatement statement = connection.prepareStatement(find)) {
            statement.setString(1, written);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() ? Optional.of(table(connection, rows)) : Optional.empty();
            }
        } catch (SQLException e) {
            if (e.getSQLState() != null && NO_SUCH_NAME.contains(e.getSQLState())) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private Table table(Connection connection, ResultSet row) throws SQLException {
        String schema = row.getString(2);
        String name = row.getString(3);
        return new Table(
                quote(schema) + "." + quote(name),
                written(schema) + "." + written(name),
                PostgresColumns.ofTable(connection, row.getLong(1)),
                row.getLong(4));
    }

    /** The driver is not needed but for COPY; a pool may bring one that these classes do not see. */
    private static boolean hasDriver() {
        try {
            Class.forName("org.postgresql.copy.CopyOut");
            return true;
        } catch (ClassNotFoundException absent) {
            return false;
        }
    }

    private String written(String identifier) {
        return PLAIN.matcher(identifier).matches() ? identifier : quote(identifier);
    }

    /** The texts of all types are what their JSON is made of. */
    @Override
    public String value(String reference, Column column) {
        return text(reference, column);
    }

    @Override
    public String encoding(Column column, TypePolicy policy) {
        return PostgresTypes.encoding(column, policy);
    }

    /**
     * A cast to text is the output function's text, but for three types: it strips char(n), adds to an inet what all of
     * them have, and leaves in an XML declaration an encoding that is none any more. Money has a currency.
     */
    @Override
    public String text(String reference, Column column) {
        if (column.isArray()) {
            return reference + (column.kind().equals("money") ? "::numeric[]" : "") + AS_TEXT;
        }
        return switch (column.kind()) {
            case "bpchar", "xml" -> reference;
            case "inet" -> "abbrev(" + reference + ")";
            case "money" -> reference + "::numeric" + AS_TEXT;
            default -> reference + (BinaryTypes.has(column) ? AS_JDBC_TEXT : AS_TEXT);
        };
    }

    @Override
    public String cast(String operand, Column column) {
        // Money is read with the currency's own point and commas, which the text does not have.
        String text = column.kind().equals("money") ? "CAST(" + operand + " AS numeric)" : operand;
        return "CAST(" + text + " AS " + column.type() + ")";
    }

    @Override
    public Rows rows(Connection connection, Query query, List<Column> columns, TypePolicy policy, Losses losses)
            throws SQLException {
        if (HAS_DRIVER && !columns.isEmpty()) {
            String bare = query.render(sql -> sql.replace(AS_JDBC_TEXT, ""), PostgresDialect::literal);
            Optional<Rows> copied = CopyRows.run(
                    connection,
                    bare,
                    columns.stream()
                            .map(column -> BinaryTypes.of(column, policy, losses))
                            .toList());
            if (copied.isPresent()) {
                return copied.get();
            }
        }
        List<ValueWriter> writers = columns.stream()
                .map(column -> PostgresTypes.writer(column, policy, losses))
                .toList();
        return plain(connection, query.render(sql -> sql, PostgresDialect::literal), writers);
    }

    /** Not prepared: in SQL of the user's own a question mark may be an operator, or stand in quotes. */
    private static Rows plain(Connection connection, String sql, List<ValueWriter> writers) throws SQLException {
        List<ColumnReader> readers = writers.stream().map(ColumnReader::ofText).toList();
        return JdbcRows.run(connection, sql, readers, FETCH_ROWS);
    }

    /** An escape string: it means the same whatever {@code standard_conforming_strings} is. */
    private static String literal(String value) {
        if (value.indexOf('\0') >= 0) {
            throw new SourceException(
                    "a value to search by has the character NUL, which no text of PostgreSQL has: it is no cursor or"
                            + " key of this database");
        }
        return " E'" + value.replace("\\", "\\\\").replace("'", "''") + "'";
    }

    @Override
    public String unwritten(String json, Column column) {
        if (column.isArray()) {
            throw new SourceException("rows cannot be looked up by " + column.name() + ", which is an array");
        }
        return PostgresTypes.text(json, column.kind());
    }

    @Override
    public boolean isTime(Column column) {
        return !column.isArray() && TIMES.contains(column.kind());
    }

    /** Of json, xml and the geometric types no two values are compared; a float has an exact text in these sessions. */
    @Override
    public boolean isOrdered(Column column) {
        return !column.isArray() && !UNORDERED.contains(column.kind());
    }

    @Override
    public List<Column> describeQuery(Connection connection, String sql) throws SQLException {
        return PostgresColumns.ofQuery(connection, sql);
    }

    @Override
    public String isDeleted(String reference, Column column) {
        return column.kind().equals("bool") && !column.isArray()
                ? "coalesce(" + reference + ", false)"
                : reference + " IS NOT NULL";
    }

    /** Row values are compared over an index; see "Row Constructor Comparison" in the manual. */
    @Override
    public boolean comparesRows() {
        return true;
    }

    @Override
    public String limit(int rows) {
        return "LIMIT " + rows;
    }

    @Override
    public Activity activity(Connection connection) throws SQLException {
        return PostgresClock.activity(connection);
    }

    @Override
    public String bound(Connection connection, Column column, @Nullable ZoneId zone, Instant time) throws SQLException {
        return PostgresClock.bound(connection, column, zone, time);
    }

    @Override
    public Structure structure(Connection connection, Table table) throws SQLException {
        return PostgresStructure.of(connection, table);
    }

    @Override
    public boolean isReplica(Connection connection) throws SQLException {
        return Sql.one(connection, "SELECT pg_is_in_recovery()").equals("t");
    }

    /** Classes of the manual's "PostgreSQL Error Codes": lost connections, conflicts, and a server on its way down. */
    @Override
    public boolean isTransient(SQLException problem) {
        String state = Objects.requireNonNullElse(problem.getSQLState(), "");
        return state.startsWith("08") || state.startsWith("40") || TRANSIENT.contains(state);
    }
}
