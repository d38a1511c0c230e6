package dev.sluice.jdbc.dialect;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Tables and columns as MySQL's information schema describes them. */
final class MySqlCatalog {
    private static final Pattern PART = Pattern.compile("\\G(?:`((?:[^`]|``)+)`|([^`.]+))(\\.(?=.)|$)");
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_$]*[A-Za-z_$][A-Za-z0-9_$]*");

    /**
     * Tables of other servers are left out, for their transactions are not seen here. The names are compared as the
     * server does, whose collation follows its file system.
     */
    private static final String TABLES = """
            SELECT TABLE_SCHEMA, TABLE_NAME, coalesce(TABLE_ROWS, -1), @@session.character_set_client
            FROM information_schema.TABLES
            WHERE TABLE_SCHEMA = coalesce(?, database()) AND TABLE_NAME = ?
              AND TABLE_TYPE IN ('BASE TABLE', 'VIEW', 'SYSTEM VERSIONED')
              AND coalesce(ENGINE, '') NOT IN ('FEDERATED', 'CONNECT', 'SPIDER', 'NDBCLUSTER')
            ORDER BY BINARY TABLE_NAME = ? DESC""";

    private static final String COLUMNS = """
            SELECT COLUMN_NAME, COLUMN_TYPE, DATA_TYPE, coalesce(DATETIME_PRECISION, NUMERIC_SCALE, -1),
              IS_NULLABLE = 'YES'
            FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? ORDER BY ORDINAL_POSITION""";

    private MySqlCatalog() {}

    /** The parts of a name with dots in between, without their backticks; none if it is no such name. */
    static List<String> parts(String written) {
        List<String> parts = new ArrayList<>();
        Matcher matcher = PART.matcher(written);
        int end = 0;
        while (end < written.length() && matcher.find()) {
            parts.add(
                    matcher.group(1) == null
                            ? matcher.group(2)
                            : matcher.group(1).replace("``", "`"));
            end = matcher.end();
        }
        return end == written.length() ? parts : List.of();
    }

    static Optional<Table> describe(Connection connection, Dialect dialect, String written) throws SQLException {
        List<String> parts = parts(written);
        if (parts.isEmpty() || parts.size() > 2) {
            return Optional.empty();
        }
        String name = parts.get(parts.size() - 1);
        try (PreparedStatement statement = connection.prepareStatement(TABLES)) {
            statement.setString(1, parts.size() == 1 ? null : parts.get(0));
            statement.setString(2, name);
            statement.setString(3, name);
            try (ResultSet rows = statement.executeQuery()) {
                if (!rows.next()) {
                    checkCharacters(Sql.one(connection, "SELECT @@session.character_set_client"));
                    return Optional.empty();
                }
                checkCharacters(rows.getString(4));
                return Optional.of(table(connection, dialect, rows));
            }
        }
    }

    /** In another one, names and keys would lose the characters that it does not have. */
    private static void checkCharacters(String characters) {
        if (!characters.equals("utf8mb4")) {
            throw new SourceException("the connection sends its statements in the character set " + characters
                    + ", which cannot hold every key: take characterEncoding out of its URL, or set it to UTF-8");
        }
    }

    private static Table table(Connection connection, Dialect dialect, ResultSet row) throws SQLException {
        String schema = row.getString(1);
        String name = row.getString(2);
        return new Table(
                dialect.quote(schema) + "." + dialect.quote(name),
                written(dialect, schema) + "." + written(dialect, name),
                columns(connection, schema, name),
                row.getLong(3));
    }

    private static String written(Dialect dialect, String identifier) {
        return PLAIN.matcher(identifier).matches() ? identifier : dialect.quote(identifier);
    }

    private static List<Column> columns(Connection connection, String schema, String table) throws SQLException {
        List<Column> columns = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(COLUMNS)) {
            statement.setString(1, schema);
            statement.setString(2, table);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    columns.add(new Column(
                            rows.getString(1),
                            rows.getString(2),
                            rows.getString(3).toLowerCase(Locale.ROOT),
                            false,
                            rows.getInt(4),
                            rows.getInt(5) == 1));
                }
            }
        }
        return columns;
    }

    static List<Column> describeQuery(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT * FROM (" + sql + "\n) AS q LIMIT 0")) {
            ResultSetMetaData described = rows.getMetaData();
            List<Column> columns = new ArrayList<>();
            for (int i = 1; i <= described.getColumnCount(); i++) {
                columns.add(column(described, i));
            }
            return columns;
        }
    }

    private static Column column(ResultSetMetaData described, int index) throws SQLException {
        String type = described.getColumnTypeName(index).toLowerCase(Locale.ROOT);
        String kind = type.split("[ (]", 2)[0];
        boolean nullable = described.isNullable(index) != ResultSetMetaData.columnNoNulls;
        int modifier = switch (kind) {
            case "decimal" -> described.getScale(index);
            case "datetime", "timestamp", "time" -> 0;
            default -> -1;
        };
        return new Column(described.getColumnLabel(index), type, kind, false, modifier, nullable);
    }
}
