package dev.sluice.jdbc.dialect;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.row.JsonWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/**
 * The rows of a {@code COPY (SELECT ...) TO STDOUT}, from the bytes that the server sends.
 *
 * <p>A row is one message: its values with tabs between them, a newline at its end, and backslashes before what would
 * be mistaken for those (PostgreSQL manual, "COPY", "Text Format").
 */
final class CopyRows implements Rows {
    /** Fewer bytes are read to the end, for to cancel them takes a connection of its own. */
    private static final int WORTH_READING = 1 << 20;

    private static final String CANCELLED = "57014";

    private final Connection connection;
    private final PGConnection driver;
    private final CopyOut copy;
    private final List<ValueWriter> writers;
    private final int[] starts;
    private final int[] ends;
    private byte[] row = {};
    private int[] keptStarts = {};
    private int[] keptEnds = {};
    private byte[] keptRow = row;

    private CopyRows(Connection connection, PGConnection driver, String sql, List<ValueWriter> writers)
            throws SQLException {
        this.connection = connection;
        this.driver = driver;
        this.copy = driver.getCopyAPI().copyOut(sql);
        this.writers = writers;
        this.starts = new int[copy.getFieldCount()];
        this.ends = new int[copy.getFieldCount()];
    }

    /**
     * Runs a query.
     *
     * @return empty if the connection is none of PostgreSQL's driver and does not lead to one, or its bytes may be no
     *     UTF-8
     */
    static Optional<Rows> run(Connection connection, String query, List<ValueWriter> writers) throws SQLException {
        PGConnection driver = driver(connection);
        if (driver == null || !isUtf8(driver)) {
            return Optional.empty();
        }
        return Optional.of(new CopyRows(connection, driver, "COPY (" + query + ") TO STDOUT", writers));
    }

    /** Some pools hide the driver's connection, and some do not expect to be asked. */
    private static @Nullable PGConnection driver(Connection connection) {
        try {
            return connection.isWrapperFor(PGConnection.class) ? connection.unwrap(PGConnection.class) : null;
        } catch (SQLException | UnsupportedOperationException | AbstractMethodError hidden) {
            return null;
        }
    }

    /** A server without an encoding of its own sends what it was once given, whatever that is. */
    private static boolean isUtf8(PGConnection driver) {
        return "UTF8".equals(driver.getParameterStatus("client_encoding"))
                && !"SQL_ASCII".equals(driver.getParameterStatus("server_encoding"));
    }

    @Override
    public boolean next() throws SQLException {
        byte[] message = copy.isActive() ? copy.readFromCopy() : null;
        if (message == null) {
            return false;
        }
        row = message;
        split();
        return true;
    }

    /** Finds the values and takes the escapes out of them, in place: no text is longer without. */
    private void split() {
        int column = 0;
        int start = 0;
        int end = 0;
        for (int at = 0; at < row.length; at++) {
            byte b = row[at];
            if (b == '\t' || b == '\n') {
                starts[column] = start;
                ends[column++] = end;
                start = at + 1;
                end = start;
            } else if (b != '\\') {
                row[end++] = b;
            } else if (row[++at] == 'N') {
                end = -1;
            } else {
                row[end++] = unescaped(row[at]);
            }
        }
    }

    private static byte unescaped(byte letter) {
        return (byte)
                switch (letter) {
                    case 'b' -> '\b';
                    case 'f' -> '\f';
                    case 'n' -> '\n';
                    case 'r' -> '\r';
                    case 't' -> '\t';
                    case 'v' -> 0x0B;
                    default -> letter;
                };
    }

    private boolean isNull(int column) {
        return ends[column] < starts[column];
    }

    @Override
    public void write(int column, JsonWriter out) {
        if (isNull(column)) {
            out.nullValue();
        } else {
            writers.get(column).write(row, starts[column], ends[column], out);
        }
    }

    @Override
    public @Nullable String text(int column) {
        return isNull(column) ? null : new String(row, starts[column], ends[column] - starts[column], UTF_8);
    }

    /** Keeps the row's bytes as they are: the next row has an array of its own. */
    @Override
    public int keep(int[] columns) {
        if (keptStarts.length != columns.length) {
            keptStarts = new int[columns.length];
            keptEnds = new int[columns.length];
        }
        for (int i = 0; i < columns.length; i++) {
            if (isNull(columns[i])) {
                return i;
            }
            keptStarts[i] = starts[columns[i]];
            keptEnds[i] = ends[columns[i]];
        }
        keptRow = row;
        return -1;
    }

    @Override
    public String kept(int index) {
        return new String(keptRow, keptStarts[index], keptEnds[index] - keptStarts[index], UTF_8);
    }

    @Override
    public void close() throws SQLException {
        int read = 0;
        while (read <= WORTH_READING && copy.isActive()) {
            byte[] message = copy.readFromCopy();
            read += message == null ? 0 : message.length;
        }
        if (copy.isActive()) {
            cancel();
        }
    }

    /**
     * Stops the server. The driver waits until it has been told, and what it had sent before is read, or the next
     * statement would find it. The transaction goes back to where it can go on. (The driver's own way to cancel a copy
     * leaves the rest unread.)
     */
    private void cancel() throws SQLException {
        driver.cancelQuery();
        try {
            while (copy.isActive()) {
                copy.readFromCopy();
            }
        } catch (SQLException e) {
            if (!CANCELLED.equals(e.getSQLState())) {
                throw e;
            }
            try (Statement statement = connection.createStatement()) {
                statement.execute("ROLLBACK TO SAVEPOINT " + PostgresDialect.SAVEPOINT);
            }
        }
    }
}
