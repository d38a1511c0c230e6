package dev.sluice.jdbc.checkpoint;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The two tables in which a database keeps checkpoints and their lease: made when missing, used in short transactions. */
final class StateTables {
    private static final Pattern NAME = Pattern.compile("(?:[A-Za-z_][A-Za-z0-9_]*\\.){0,2}([A-Za-z_][A-Za-z0-9_]*)");

    /** PostgreSQL cuts names behind 63 bytes, and the ending of the second table must not be cut off. */
    private static final int MAX_NAME = 58;

    private static final int MAX_TRIES = 5;
    private static final long FIRST_PAUSE = 10_000_000;

    /** What is done in a transaction. */
    @FunctionalInterface
    interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    /** What may have to be tried again. */
    @FunctionalInterface
    interface Change {
        int make() throws SQLException;
    }

    private final DataSource database;
    private final String table;

    /**
     * A database without row locks ends one of two transactions that change the same row, and every save changes the
     * lease's. So the threads of this process take turns.
     */
    private final ReentrantLock turn = new ReentrantLock();

    /** Null until the tables were seen. */
    private volatile @Nullable StateDialect dialect;

    StateTables(DataSource database, String table) {
        if (!NAME.matcher(table).matches() || table.length() - table.lastIndexOf('.') - 1 > MAX_NAME) {
            throw new IllegalArgumentException(
                    "the table for checkpoints must be named by plain identifiers of letters,"
                            + " digits and _, as in schema.table, with at most " + MAX_NAME
                            + " characters behind the dot, found "
                            + table);
        }
        this.database = database;
        this.table = table;
    }

    /** The table of the checkpoints. */
    String checkpoints() {
        return table;
    }

    /** The table of one row that says who may save. */
    String lease() {
        return table + "_lock";
    }

    /** The database's clock, in SQL; only to be used once a transaction has run. */
    String now() {
        return Objects.requireNonNull(dialect).now();
    }

    /**
     * One transaction on a connection of its own.
     *
     * @throws CheckpointException if it did not come about
     */
    <T> T run(String doing, Work<T> work) {
        turn.lock();
        try (Connection connection = database.getConnection()) {
            boolean autoCommit = connection.getAutoCommit();
            try {
                find(connection);
                connection.setAutoCommit(false);
                return inside(connection, work);
            } finally {
                if (!connection.isClosed()) {
                    connection.setAutoCommit(autoCommit);
                }
            }
        } catch (SQLException e) {
            throw new CheckpointException(
                    doing + " in table " + table + " failed: " + said(e) + "; nothing that was saved before is lost",
                    e);
        } finally {
            turn.unlock();
        }
    }

    static int update(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            return statement.executeUpdate();
        }
    }

    /** Of two runners that come at once a database may let one fail; asked again, the other is through. */
    static int insist(Connection connection, Change change) throws SQLException {
        for (int tries = 1; ; tries++) {
            try {
                return change.make();
            } catch (SQLException e) {
                if (tries == MAX_TRIES) {
                    throw e;
                }
                if (!connection.getAutoCommit()) {
                    connection.rollback();
                }
                LockSupport.parkNanos(tries * FIRST_PAUSE);
            }
        }
    }

    private static <T> T inside(Connection connection, Work<T> work) throws SQLException {
        try {
            T result = work.on(connection);
            connection.commit();
            return result;
        } catch (SQLException | RuntimeException e) {
            try {
                connection.rollback();
            } catch (SQLException broken) {
                e.addSuppressed(broken);
            }
            throw e;
        }
    }

    private void find(Connection connection) throws SQLException {
        if (dialect == null) {
            StateDialect found = StateDialect.of(connection);
            connection.setAutoCommit(true);
            if (!isReady(connection)) {
                make(connection, found);
            }
            dialect = found;
        }
    }

    /** By looking, for the right to make a table is not needed once it is there. */
    private boolean isReady(Connection connection) {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM " + lease()
                        + " WHERE id = 1 AND (SELECT COUNT(*) FROM " + checkpoints() + ") >= 0")) {
            return rows.next() && rows.getInt(1) == 1;
        } catch (SQLException missing) {
            return false;
        }
    }

    private void make(Connection connection, StateDialect found) throws SQLException {
        List<String> statements = found.create(checkpoints(), lease());
        try {
            for (String sql : statements) {
                insist(connection, () -> update(connection, sql));
            }
        } catch (SQLException e) {
            // The row may be there already: another runner has made all of it.
            if (!isReady(connection)) {
                throw new CheckpointException(
                        "cannot make the tables for checkpoints: " + said(e) + "; let the user create tables, or run "
                                + String.join("; ", statements),
                        e);
            }
        }
    }

    /** One line, for those below it may quote a checkpoint, and with it keys. */
    private static String said(SQLException e) {
        String message = Objects.requireNonNullElse(e.getMessage(), e.getClass().getSimpleName());
        String state = Objects.requireNonNullElse(e.getSQLState(), "none");
        boolean quotes = state.startsWith("22") || state.startsWith("23");
        return (quotes
                        ? "the database refuses a value"
                        : message.lines().findFirst().orElse("")) + " (SQLSTATE " + state + ")";
    }
}
