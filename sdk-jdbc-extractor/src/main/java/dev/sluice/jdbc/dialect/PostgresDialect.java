package dev.sluice.jdbc.dialect;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
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

    private static final Set<String> UNORDERED = Set.of(
            "json", "xml", "point", "line", "lseg", "box", "path", "polygon", "circle", "float4", "float8", "aclitem");

    /** Shutdown, crash recovery, too many connections, a statement or lock that was given up. */
    private static final Set<String> TRANSIENT =
            Set.of("57P01", "57P02", "57P03", "57014", "55P03", "53300", "25P03", "25P04");

    /** Rows the driver fetches at a time: a page of long rows is not in memory twice. */
    private static final int FETCH_ROWS = 200;

    /** What {@code undefined_table} and a malformed or unknown schema name have for SQLSTATE. */
    private static final Set<String> NO_SUCH_NAME = Set.of("42P01", "3F000", "42602", "42601");

    /**
     * Ends with the transaction, so that nothing is left behind for a pool's next user. PostgreSQL's manual, "Client
     * Connection Defaults": each of these changes how values are written.
     */
    private static final String BEGIN = """
            SET TRANSACTION READ ONLY; SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO, YMD';
            SET LOCAL IntervalStyle = 'postgres'; SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 3""";

    /**
     * A domain's values are written as its base type's, and an array's as its element's, so the recursion goes down to
     * what is neither. Only a type that its element names as its array is one: int2vector and its like have no braces.
     */
    private static final String COLUMNS = """
            WITH RECURSIVE kinds AS (
              SELECT attnum, 1 AS step, atttypid AS type, atttypmod AS typmod, false AS element FROM pg_attribute
              WHERE attrelid = ?::oid AND attnum > 0 AND NOT attisdropped
              UNION ALL
              SELECT k.attnum, k.step + 1,
                CASE t.typtype WHEN 'd' THEN t.typbasetype ELSE t.typelem END,
                CASE t.typtype WHEN 'd' THEN t.typtypmod ELSE k.typmod END,
                k.element OR t.typtype <> 'd'
              FROM kinds k JOIN pg_type t ON t.oid = k.type LEFT JOIN pg_type e ON e.oid = t.typelem
              WHERE t.typtype = 'd' OR (e.typarray = t.oid AND NOT k.element))
            SELECT DISTINCT ON (k.attnum) a.attname, format_type(a.atttypid, a.atttypmod), t.typname,
              k.element, k.typmod, NOT a.attnotnull
            FROM kinds k
            JOIN pg_attribute a ON a.attrelid = ?::oid AND a.attnum = k.attnum
            JOIN pg_type t ON t.oid = k.type
            ORDER BY k.attnum, k.step DESC""";

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
                columns(connection, row.getLong(1)),
                row.getLong(4));
    }

    private static List<Column> columns(Connection connection, long table) throws SQLException {
        List<Column> columns = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(COLUMNS)) {
            statement.setString(1, Long.toString(table));
            statement.setString(2, Long.toString(table));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    columns.add(new Column(
                            rows.getString(1),
                            rows.getString(2),
                            rows.getString(3),
                            rows.getBoolean(4),
                            rows.getInt(5),
                            rows.getBoolean(6)));
                }
            }
        }
        return columns;
    }

    private String written(String identifier) {
        return PLAIN.matcher(identifier).matches() ? identifier : quote(identifier);
    }

    /** The texts of all types are what their JSON is made of. */
    @Override
    public String value(String reference, Column column) {
        return text(reference, column);
    }

    /** A cast to text is the output function's text, but for two types: it strips char(n), and money has a currency. */
    @Override
    public String text(String reference, Column column) {
        if (column.isArray()) {
            return reference + (column.kind().equals("money") ? "::numeric[]::text" : "::text");
        }
        return switch (column.kind()) {
            case "bpchar" -> reference;
            case "money" -> reference + "::numeric::text";
            default -> reference + "::text";
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
        List<ColumnReader> readers = columns.stream()
                .map(PostgresTypes::writer)
                .map(ColumnReader::ofText)
                .toList();
        // Two of them are one to the driver, which takes a single one for a placeholder.
        String sql = query.render(text -> text.replace("?", "??"), value -> "?");
        return JdbcRows.run(connection, sql, query, readers, FETCH_ROWS);
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

    /** Of json, xml and the geometric types no two values are compared; the text of a float may be another's too. */
    @Override
    public boolean isOrdered(Column column) {
        return !column.isArray() && !UNORDERED.contains(column.kind());
    }

    @Override
    public List<Column> describeQuery(Connection connection, String sql) throws SQLException {
        throw new SourceException("queries are not described yet");
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

    /** Classes of the manual's "PostgreSQL Error Codes": lost connections, conflicts, and a server on its way down. */
    @Override
    public boolean isTransient(SQLException problem) {
        String state = Objects.requireNonNullElse(problem.getSQLState(), "");
        return state.startsWith("08") || state.startsWith("40") || TRANSIENT.contains(state);
    }
}
