package dev.sluice.jdbc.dialect;

import dev.sluice.row.JsonWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/** The rows of a {@code COPY (SELECT ...) TO STDOUT} in binary, from the bytes that the server sends. */
final class CopyRows implements Rows {
    /** Fewer bytes are read to the end, for to cancel them takes a connection of its own. */
    private static final int WORTH_READING = 1 << 20;

    private static final String CANCELLED = "57014";

    private static final BinaryValue TEXT = new BinaryValue.Text((text, out) -> out.string(text));

    private final Connection connection;
    private final PGConnection driver;
    private final CopyOut copy;
    private final BinaryValue[] values;
    private final BinaryRow row;
    private int[] keptColumns = {};
    private int[] keptStarts = {};
    private int[] keptEnds = {};
    private byte[] keptBytes = {};

    private CopyRows(Connection connection, PGConnection driver, String sql, List<BinaryValue> known)
            throws SQLException {
        this.connection = connection;
        this.driver = driver;
        this.copy = driver.getCopyAPI().copyOut(sql);
        this.values = new BinaryValue[copy.getFieldCount()];
        Arrays.setAll(values, i -> i < known.size() ? known.get(i) : TEXT);
        this.row =
                new BinaryRow(Arrays.stream(values).mapToInt(BinaryValue::size).toArray());
    }

    /**
     * Runs a query.
     *
     * @param known what understands the first of its columns; the others are texts
     * @return empty if the connection is none of PostgreSQL's driver and does not lead to one, or its bytes may be no
     *     UTF-8
     */
    static Optional<Rows> run(Connection connection, String query, List<BinaryValue> known) throws SQLException {
        PGConnection driver = driver(connection);
        if (driver == null || !isUtf8(driver)) {
            return Optional.empty();
        }
        return Optional.of(new CopyRows(connection, driver, "COPY (" + query + ") TO STDOUT (FORMAT binary)", known));
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
        while (copy.isActive()) {
            byte[] message = copy.readFromCopy();
            if (message != null && row.read(message)) {
                return true;
            }
        }
        if (!row.isEnded()) {
            throw BinaryRow.unexpected("an end of its rows");
        }
        return false;
    }

    @Override
    public void write(int column, JsonWriter out) {
        if (row.isNull(column)) {
            out.nullValue();
        } else {
            values[column].write(row.bytes(), row.start(column), row.end(column), out);
        }
    }

    @Override
    public @Nullable String text(int column) {
        return row.isNull(column) ? null : values[column].text(row.bytes(), row.start(column), row.end(column));
    }

    /** Keeps the row's bytes as they are: the next row has an array of its own. */
    @Override
    public int keep(int[] columns) {
        if (keptStarts.length != columns.length) {
            keptStarts = new int[columns.length];
            keptEnds = new int[columns.length];
        }
        for (int i = 0; i < columns.length; i++) {
            if (row.isNull(columns[i])) {
                return i;
            }
            keptStarts[i] = row.start(columns[i]);
            keptEnds[i] = row.end(columns[i]);
        }
        keptColumns = columns;
        keptBytes = row.bytes();
        return -1;
    }

    @Override
    public String kept(int index) {
        return values[keptColumns[index]].text(keptBytes, keptStarts[index], keptEnds[index]);
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
