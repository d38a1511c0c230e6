package dev.sluice.lake;

import java.sql.Blob;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDateTime;
import java.time.temporal.Temporal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/**
 * Runs queries that can only read.
 *
 * <p>Three locks, each DuckDB's own: its parser must find exactly one SELECT-like statement, the transaction is
 * READ ONLY (a WITH may hold an INSERT), and {@link DuckFile} has taken all other files away.
 */
final class SqlReader implements AutoCloseable {
    /** The one reading statement DuckDB's serializer does not know; what it explains is checked like any other. */
    private static final Pattern EXPLAIN =
            Pattern.compile("\\A\\s*EXPLAIN\\s(\\s*ANALYZE\\s)?", Pattern.CASE_INSENSITIVE);

    private final DuckFile file;
    private final Set<Statement> running = ConcurrentHashMap.newKeySet();

    SqlReader(DuckFile file) {
        this.file = file;
    }

    SqlResult query(String sql, int maxRows) {
        try (DuckDBConnection connection = file.connection()) {
            connection.setAutoCommit(true);
            requireReading(connection, sql);
            new Sql(connection).run("BEGIN TRANSACTION READ ONLY");
            return read(connection, sql, maxRows);
        } catch (SQLException e) {
            throw new LakeException("the query failed: " + SqlText.firstLine(e), e);
        }
    }

    private static void requireReading(DuckDBConnection connection, String sql) throws SQLException {
        String checked = EXPLAIN.matcher(sql).replaceFirst("");
        String parse = "SELECT json_extract_string(j, '$.error_message'), json_array_length(j, '$.statements')"
                + " FROM (SELECT json_serialize_sql(?) AS j)";
        new Sql(connection).list(parse, SqlReader::requireOneSelect, checked);
    }

    private static boolean requireOneSelect(ResultSet parsed) throws SQLException {
        String error = parsed.getString(1);
        if (error != null) {
            boolean syntax = !error.startsWith("Only SELECT");
            throw new LakeException(
                    syntax
                            ? "the query failed: " + error
                            : "only reading is allowed: SELECT, WITH, FROM, VALUES, SHOW, DESCRIBE, SUMMARIZE or EXPLAIN");
        }
        if (parsed.getInt(2) != 1) {
            throw new LakeException("exactly one statement is allowed; there are " + parsed.getInt(2));
        }
        return true;
    }

    private SqlResult read(DuckDBConnection connection, String sql, int maxRows) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            running.add(statement);
            try (ResultSet rows = statement.executeQuery(sql)) {
                return read(rows, maxRows);
            } finally {
                running.remove(statement);
            }
        }
    }

    private static SqlResult read(ResultSet rows, int maxRows) throws SQLException {
        ResultSetMetaData meta = rows.getMetaData();
        List<String> columns = new ArrayList<>();
        for (int i = 1; i <= meta.getColumnCount(); i++) {
            columns.add(meta.getColumnName(i));
        }
        List<List<@Nullable Object>> values = new ArrayList<>();
        boolean more = rows.next();
        while (more && values.size() < maxRows) {
            List<@Nullable Object> row = new ArrayList<>();
            for (int i = 1; i <= columns.size(); i++) {
                row.add(value(rows, meta, i));
            }
            values.add(row);
            more = rows.next();
        }
        return new SqlResult(columns, values, more);
    }

    private static @Nullable Object value(ResultSet rows, ResultSetMetaData meta, int column) throws SQLException {
        String type = meta.getColumnTypeName(column);
        // As a java.sql.Timestamp it would pass through this machine's time zone.
        return type.startsWith("TIMESTAMP") && !type.endsWith("WITH TIME ZONE")
                ? rows.getObject(column, LocalDateTime.class)
                : plain(rows.getObject(column));
    }

    /** No type of DuckDB's leaves this class. */
    private static @Nullable Object plain(@Nullable Object value) throws SQLException {
        if (value == null || value instanceof Number || value instanceof Boolean || value instanceof Temporal) {
            return value;
        } else if (value instanceof java.sql.Array array) {
            List<@Nullable Object> items = new ArrayList<>();
            for (Object item : Arrays.asList((Object[]) array.getArray())) {
                items.add(plain(item));
            }
            return items;
        } else if (value instanceof Blob blob) {
            return HexFormat.of().formatHex(blob.getBytes(1, (int) blob.length()));
        } else {
            return value.toString();
        }
    }

    boolean isRunning() {
        return !running.isEmpty();
    }

    /** Stops the queries that are still running. */
    @Override
    public void close() {
        for (Statement statement : running) {
            try {
                statement.cancel();
            } catch (SQLException endedMeanwhile) {
                // It was to end, and has.
            }
        }
    }
}
