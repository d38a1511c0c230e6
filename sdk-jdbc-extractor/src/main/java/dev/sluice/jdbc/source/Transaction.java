package dev.sluice.jdbc.source;

import dev.sluice.jdbc.dialect.Dialect;
import dev.sluice.jdbc.dialect.SourceException;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** One short read-only transaction on a connection of its own. */
final class Transaction {
    /** What is done in it. */
    @FunctionalInterface
    interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    private Transaction() {}

    static <T> T run(DataSource database, Dialect dialect, String doing, Work<T> work) {
        try (Connection connection = database.getConnection()) {
            boolean autoCommit = connection.getAutoCommit();
            try {
                return inside(connection, dialect, work);
            } finally {
                if (!connection.isClosed()) {
                    connection.setAutoCommit(autoCommit);
                }
            }
        } catch (SQLException e) {
            throw SourceException.of(doing, e);
        }
    }

    /** It only reads, so rolling back ends it as well as committing would, and works in every state it may be in. */
    private static <T> T inside(Connection connection, Dialect dialect, Work<T> work) throws SQLException {
        T result;
        try {
            dialect.begin(connection);
            result = work.on(connection);
        } catch (SQLException | RuntimeException e) {
            rollbackAfter(connection, e);
            throw e;
        }
        connection.rollback();
        return result;
    }

    private static void rollbackAfter(Connection connection, Exception e) {
        try {
            connection.rollback();
        } catch (SQLException broken) {
            e.addSuppressed(broken);
        }
    }
}
