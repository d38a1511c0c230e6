package dev.sluice.spool;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;

/**
 * Sees to it that a file has one owner: whoever holds SQLite's write lock on a small file beside it, which goes with the
 * process, however that ends. The small file tells who that is.
 */
final class SqliteOwner {
    /** Longer than an owner needs to write its name; an owner is not waited for. */
    private static final int BUSY_MILLIS = 300;

    private SqliteOwner() {}

    /** The lock; closing the connection lets go of it. */
    static Connection own(Path path, String what) {
        Path beside = path.resolveSibling(path.getFileName() + "-owner");
        Connection lock = null;
        try {
            lock = SqliteFile.connect(beside);
            lock(lock, path, what);
            return lock;
        } catch (SQLException e) {
            throw SqliteFile.closeAfter(SqliteErrors.of(beside, "cannot be opened", e), lock);
        } catch (SpoolException e) {
            throw SqliteFile.closeAfter(e, lock);
        }
    }

    /** Whether the file that is owned was there in full once. */
    static boolean wasMade(Connection lock) throws SQLException {
        try (Statement sql = lock.createStatement()) {
            return SqliteFile.number(sql, "PRAGMA user_version") != 0;
        }
    }

    /** Notes that it is; for a moment, in which another may come to own it, the lock is let go of. */
    static void noteMade(Connection lock) throws SQLException {
        if (wasMade(lock)) {
            return;
        }
        try (Statement sql = lock.createStatement()) {
            sql.execute("PRAGMA user_version = 1");
            sql.execute("COMMIT");
            sql.execute("BEGIN IMMEDIATE");
        }
    }

    private static void lock(Connection lock, Path path, String what) throws SQLException {
        try (Statement sql = lock.createStatement()) {
            try {
                sql.execute("PRAGMA busy_timeout = " + BUSY_MILLIS);
                sql.execute("BEGIN IMMEDIATE");
                sql.execute("CREATE TABLE IF NOT EXISTS owner (process INTEGER, since TEXT)");
                name(lock);
                sql.execute("COMMIT");
                sql.execute("BEGIN IMMEDIATE");
            } catch (SQLException e) {
                if (SqliteErrors.isBusy(e)) {
                    throw new SpoolException.InUse(
                            path + " is in use by " + holder(sql) + ": end that, or give this one " + what
                                    + " of its own",
                            e);
                }
                throw e;
            }
        }
    }

    private static void name(Connection lock) throws SQLException {
        try (Statement sql = lock.createStatement();
                PreparedStatement insert = lock.prepareStatement("INSERT INTO owner VALUES (?, ?)")) {
            sql.execute("DELETE FROM owner");
            insert.setLong(1, ProcessHandle.current().pid());
            insert.setString(2, Instant.now().toString());
            insert.executeUpdate();
        }
    }

    private static String holder(Statement sql) {
        try (ResultSet row = sql.executeQuery("SELECT process, since FROM owner")) {
            return row.next() ? "process " + row.getLong(1) + " since " + row.getString(2) : "another process";
        } catch (SQLException e) {
            // It is being written at this moment, or has never been.
            return "another process";
        }
    }
}
