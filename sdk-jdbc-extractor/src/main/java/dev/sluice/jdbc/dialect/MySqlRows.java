package dev.sluice.jdbc.dialect;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.row.JsonWriter;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a query, from the bytes that the server sends to MySQL's own driver.
 *
 * <p>A statement that is not prepared is answered in texts ("Text Resultset" in MySQL's protocol), and this driver's
 * {@code getBytes} hands each of them out as it came, whatever the driver is set to.
 */
final class MySqlRows implements Rows {
    private final Statement statement;
    private final ResultSet result;
    private final ValueWriter[] writers;
    private byte[][] kept = {};

    private MySqlRows(Statement statement, ResultSet result, List<ValueWriter> writers) {
        this.statement = statement;
        this.result = result;
        this.writers = writers.toArray(ValueWriter[]::new);
    }

    /**
     * Runs a query.
     *
     * @param fetch 0 for all rows at once; or what the driver asks for to hand them out one by one, for which it talks
     *     to the server twice more
     */
    static Rows run(Connection connection, String sql, List<ValueWriter> writers, int fetch) throws SQLException {
        Statement statement = connection.createStatement();
        try {
            statement.setEscapeProcessing(false);
            statement.setFetchSize(fetch);
            return new MySqlRows(statement, statement.executeQuery(sql), writers);
        } catch (SQLException | RuntimeException e) {
            JdbcRows.closeAfter(statement, e);
            throw e;
        }
    }

    @Override
    public boolean next() throws SQLException {
        return result.next();
    }

    @Override
    public void write(int column, JsonWriter out) throws SQLException {
        byte[] text = result.getBytes(column + 1);
        if (text == null) {
            out.nullValue();
        } else {
            writers[column].write(text, 0, text.length, out);
        }
    }

    @Override
    public @Nullable String text(int column) throws SQLException {
        byte[] text = result.getBytes(column + 1);
        return text == null ? null : new String(text, UTF_8);
    }

    @Override
    public int keep(int[] columns) throws SQLException {
        kept = kept.length == columns.length ? kept : new byte[columns.length][];
        for (int i = 0; i < columns.length; i++) {
            byte[] text = result.getBytes(columns[i] + 1);
            if (text == null) {
                return i;
            }
            kept[i] = text;
        }
        return -1;
    }

    @Override
    public String kept(int index) {
        return new String(kept[index], UTF_8);
    }

    @Override
    public void close() throws SQLException {
        statement.close();
    }
}
