package dev.sluice.jdbc.dialect;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What PostgreSQL's catalogue says of the columns of a table or query. */
final class PostgresColumns {
    private static final String OF_TABLE = """
            SELECT attnum::int AS n, attname::text AS name, atttypid AS type, atttypmod AS typmod,
              NOT attnotnull AS nullable
            FROM pg_attribute WHERE attrelid = ?::oid AND attnum > 0 AND NOT attisdropped""";

    /** A domain of a query's own column is told as its base type, as the driver does. */
    private static final String OF_QUERY = """
            SELECT n::int, name, (
                WITH RECURSIVE base AS (
                  SELECT q.type::oid AS type, 1 AS step
                  UNION ALL
                  SELECT t.typbasetype, b.step + 1
                  FROM base b JOIN pg_type t ON t.oid = b.type WHERE t.typtype = 'd')
                SELECT type FROM base ORDER BY step DESC LIMIT 1) AS type, typmod, true AS nullable
            FROM unnest(?, ?, ?) WITH ORDINALITY AS q (name, type, typmod, n)""";

    /**
     * A domain's values are written as its base type's, and an array's as its element's, so the recursion goes down to
     * what is neither. Only a type that its element names as its array is one: int2vector and its like have no braces.
     * A user's own type may have any name, also one that the kinds here have: then its kind has its schema too, for its
     * values are written in another way.
     */
    private static final String DESCRIBE = """
            WITH RECURSIVE cols AS (%s), kinds AS (
              SELECT n, 1 AS step, type, typmod, 0 AS arrays FROM cols
              UNION ALL
              SELECT k.n, k.step + 1,
                CASE t.typtype WHEN 'd' THEN t.typbasetype ELSE t.typelem END,
                CASE t.typtype WHEN 'd' THEN t.typtypmod ELSE k.typmod END,
                CASE t.typtype WHEN 'd' THEN k.arrays ELSE k.arrays + 1 END
              FROM kinds k JOIN pg_type t ON t.oid = k.type LEFT JOIN pg_type e ON e.oid = t.typelem
              WHERE t.typtype = 'd' OR e.typarray = t.oid)
            SELECT DISTINCT ON (k.n) c.name, format_type(c.type, c.typmod),
              CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'c' THEN 'composite' WHEN 'r' THEN 'range'
                WHEN 'm' THEN 'multirange' ELSE
                  CASE WHEN t.typnamespace <> 'pg_catalog'::regnamespace
                    AND (t.typname IN ('enum', 'composite', 'range', 'multirange') OR EXISTS (SELECT FROM pg_type b
                      WHERE b.typname = t.typname AND b.typnamespace = 'pg_catalog'::regnamespace))
                  THEN t.typnamespace::regnamespace::text || '.' ELSE '' END || t.typname
                END || repeat('[]', k.arrays - 1),
              k.arrays > 0, k.typmod, c.nullable
            FROM kinds k JOIN cols c ON c.n = k.n JOIN pg_type t ON t.oid = k.type
            ORDER BY k.n, k.step DESC""";

    private PostgresColumns() {}

    static List<Column> ofTable(Connection connection, long table) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(DESCRIBE.formatted(OF_TABLE))) {
            statement.setString(1, Long.toString(table));
            return columns(statement);
        }
    }

    /** Of a query whose first row is not asked for. Domains are told as their base types. */
    static List<Column> ofQuery(Connection connection, String sql) throws SQLException {
        List<String> names = new ArrayList<>();
        List<Integer> modifiers = new ArrayList<>();
        try (Statement statement = statement(connection);
                ResultSet none = statement.executeQuery("SELECT * FROM (" + sql + "\n) AS q LIMIT 0")) {
            ResultSetMetaData described = none.getMetaData();
            for (int i = 1; i <= described.getColumnCount(); i++) {
                names.add(described.getColumnLabel(i));
                modifiers.add(modifier(described.getColumnTypeName(i), described.getScale(i)));
            }
        }
        List<Long> types = types(connection, sql, names.size());
        try (PreparedStatement statement = connection.prepareStatement(DESCRIBE.formatted(OF_QUERY))) {
            statement.setArray(1, connection.createArrayOf("text", names.toArray()));
            statement.setArray(2, connection.createArrayOf("int8", types.toArray()));
            statement.setArray(3, connection.createArrayOf("int4", modifiers.toArray()));
            return columns(statement);
        }
    }

    /** The driver has names only, which say little where two types have the same. The query is joined to, and not run. */
    private static List<Long> types(Connection connection, String sql, int columns) throws SQLException {
        if (columns == 0) {
            return List.of();
        }
        String aliases = IntStream.range(0, columns).mapToObj(i -> "c" + i).collect(Collectors.joining(", "));
        String types = IntStream.range(0, columns)
                .mapToObj(i -> "pg_typeof(q.c" + i + ")::oid::bigint")
                .collect(Collectors.joining(", "));
        String ask =
                "SELECT " + types + " FROM (SELECT 1) AS one LEFT JOIN (" + sql + "\n) AS q (" + aliases + ") ON false";
        List<Long> found = new ArrayList<>();
        try (Statement statement = statement(connection);
                ResultSet row = statement.executeQuery(ask)) {
            boolean ignored = row.next();
            for (int i = 1; i <= columns; i++) {
                found.add(row.getLong(i));
            }
        }
        return found;
    }

    private static Statement statement(Connection connection) throws SQLException {
        Statement statement = connection.createStatement();
        statement.setEscapeProcessing(false);
        return statement;
    }

    /** Only that of times matters: a text cast to any other type is better not cut to a declared length. */
    private static int modifier(String type, int scale) {
        boolean isTime = type.startsWith("time") || type.startsWith("_time");
        return isTime && scale < 6 ? scale : -1;
    }

    private static List<Column> columns(PreparedStatement statement) throws SQLException {
        List<Column> columns = new ArrayList<>();
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
        return columns;
    }
}
