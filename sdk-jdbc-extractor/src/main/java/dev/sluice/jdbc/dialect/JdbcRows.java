package dev.sluice.jdbc.dialect;

import dev.sluice.row.JsonWriter;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rows of a JDBC result, each column read by a reader of its own. */
final class JdbcRows implements Rows {
    private final Statement statement;
    private final ResultSet result;
    private final List<ColumnReader> readers;
    private String[] kept = {};

    private JdbcRows(Statement statement, ResultSet result, List<ColumnReader> readers) {
        this.statement = statement;
        this.result = result;
        this.readers = readers;
    }

    /**
     * Runs a query.
     *
     * @param sql the query's text as the driver takes it
     * @param fetch rows the driver takes at a time, so that a page of long rows is not in memory twice; as the driver
     *     understands it
     */
    static Rows run(Connection connection, String sql, Query query, List<ColumnReader> readers, int fetch)
            throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        try {
            statement.setFetchSize(fetch);
            List<String> values = query.values();
            for (int i = 0; i < values.size(); i++) {
                statement.setString(i + 1, values.get(i));
            }
            return new JdbcRows(statement, statement.executeQuery(), readers);
        } catch (SQLException | RuntimeException e) {
            closeAfter(statement, e);
            throw e;
        }
    }

    /** Runs a query that is one text, in which nothing is a placeholder. */
    static Rows run(Connection connection, String sql, List<ColumnReader> readers, int fetch) throws SQLException {
        Statement statement = connection.createStatement();
        try {
            statement.setEscapeProcessing(false);
            statement.setFetchSize(fetch);
            return new JdbcRows(statement, statement.executeQuery(sql), readers);
        } catch (SQLException | RuntimeException e) {
            closeAfter(statement, e);
            throw e;
        }
    }

    @Override
    public boolean next() throws SQLException {
        return result.next();
    }

    @Override
    public void write(int column, JsonWriter out) throws SQLException {
        readers.get(column).write(result, column + 1, out);
    }

    @Override
    public @Nullable String text(int column) throws SQLException {
        return result.getString(column + 1);
    }

    @Override
    public int keep(int[] columns) throws SQLException {
        kept = kept.length == columns.length ? kept : new String[columns.length];
        for (int i = 0; i < columns.length; i++) {
            String text = text(columns[i]);
            if (text == null) {
                return i;
            }
            kept[i] = text;
        }
        return -1;
    }

    @Override
    public String kept(int index) {
        return kept[index];
    }

    @Override
    public void close() throws SQLException {
        statement.close();
    }

    static void closeAfter(Statement statement, Exception e) {
        try {
            statement.close();
        } catch (SQLException closing) {
            e.addSuppressed(closing);
        }
    }
}
