package dev.sluice.jdbc.source;

import dev.sluice.jdbc.dialect.Dialect;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One short read-only transaction on a connection of its own. */
final class Transaction {
    /** What is done in it; it may be done several times, on other connections. */
    @FunctionalInterface
    interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    /** How much longer than a statement may last the network is waited for: the server has the first word. */
    private static final Duration NETWORK_MARGIN = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger(Transaction.class);

    private Transaction() {}

    /**
     * Does the work once.
     *
     * @param finder tells how the database is spoken to
     */
    static <T> T once(DataSource database, Work<Dialect> finder, Duration queryTimeout, Work<T> work)
            throws SQLException {
        try (Connection connection = connect(database)) {
            Dialect dialect = finder.on(connection);
            boolean autoCommit = connection.getAutoCommit();
            int network = limitNetwork(connection, queryTimeout);
            T result;
            try {
                result = inside(connection, dialect, queryTimeout, work);
            } catch (SQLException | RuntimeException e) {
                giveUp(connection, dialect, autoCommit, e);
                restoreNetwork(connection, network);
                throw e;
            }
            connection.setAutoCommit(autoCommit);
            restoreNetwork(connection, network);
            return result;
        }
    }

    /** Pools say in many ways that they have none now; what they say of it may be the driver's word, or nothing. */
    private static Connection connect(DataSource database) throws SQLException {
        try {
            return database.getConnection();
        } catch (SQLException e) {
            throw new SQLTransientConnectionException(e.getMessage(), e.getSQLState(), e.getErrorCode(), e);
        }
    }

    /** It only reads, so rolling back ends it as well as committing would, and works in every state it may be in. */
    private static <T> T inside(Connection connection, Dialect dialect, Duration queryTimeout, Work<T> work)
            throws SQLException {
        dialect.begin(connection);
        dialect.limitTime(connection, queryTimeout);
        T result = work.on(connection);
        connection.rollback();
        dialect.end(connection);
        return result;
    }

    /** The connection may be broken: what is said of that must not hide what broke it. */
    private static void giveUp(Connection connection, Dialect dialect, boolean autoCommit, Exception e) {
        try {
            if (!connection.isClosed()) {
                connection.rollback();
                dialect.end(connection);
                connection.setAutoCommit(autoCommit);
            }
        } catch (SQLException broken) {
            e.addSuppressed(broken);
        }
    }

    /**
     * Ends the wait for a server that does not answer any more, and whose network does not say so.
     *
     * @return the limit before, in milliseconds; -1 if it stays as it is
     */
    private static int limitNetwork(Connection connection, Duration queryTimeout) {
        long limit = queryTimeout.plus(NETWORK_MARGIN).toMillis();
        try {
            int before = connection.getNetworkTimeout();
            if (before > 0 && before <= limit) {
                return -1;
            }
            connection.setNetworkTimeout(Runnable::run, (int) limit);
            return before;
        } catch (SQLException | UnsupportedOperationException e) {
            // The driver has no such limit, or the connection is broken, which the next call on it tells.
            return -1;
        }
    }

    private static void restoreNetwork(Connection connection, int before) {
        try {
            if (before >= 0 && !connection.isClosed()) {
                connection.setNetworkTimeout(Runnable::run, before);
            }
        } catch (SQLException e) {
            // Only a broken connection refuses what it took before; whoever gets it next finds that out by itself.
            LOG.debug("Cannot set the network timeout back", e);
        }
    }
}
