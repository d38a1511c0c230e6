package dev.sluice.spool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One SQLite file with one owner and a schema of a known version; every use of it is one transaction.
 *
 * <p>In WAL mode (https://www.sqlite.org/wal.html), so that others can read it with the sqlite3 shell meanwhile. Safe for
 * use by several threads, one at a time.
 */
final class SqliteFile implements AutoCloseable {
    /** What the file holds: a number of its own in the file's header, and how to make it. */
    record Format(String name, int applicationId, int version, String schema) {
        void create(Statement sql) throws SQLException {
            for (String statement : schema.split(";\n", 0)) {
                sql.execute(statement);
            }
        }
    }

    /** One transaction's work. */
    interface Work<T extends @Nullable Object> {
        T on(Connection database) throws SQLException;
    }

    /** Another program's write, such as from the sqlite3 shell, is waited for this long. */
    private static final int BUSY_MILLIS = 5_000;

    /** The log is moved to the file when it has so many pages, 32 MB: much of it is gone again by then. */
    private static final int WAL_PAGES = 8_000;

    /** Fair, for who stores one batch after the other would keep out those who send them. */
    private final ReentrantLock turn = new ReentrantLock(true);

    private final Path path;
    private final Connection owner;
    private final Connection database;
    private final @Nullable Object fileKey;
    private boolean durable = true;
    private boolean closed;

    private SqliteFile(Path path, Connection owner, Connection database) throws IOException {
        this.path = path;
        this.owner = owner;
        this.database = database;
        this.fileKey = fileKey();
    }

    /**
     * Opens the file, which is made if it is not there, with its directory.
     *
     * @throws SpoolException if that is not possible; {@code InUse} names the owner
     */
    static SqliteFile open(Path path, Format format) {
        Path real = real(path);
        Connection owner = SqliteOwner.own(real, format.name());
        Connection database = null;
        try {
            checkNotEmptied(real, owner, format);
            database = connect(real);
            prepare(database, real, format);
            SqliteOwner.noteMade(owner);
            return new SqliteFile(real, owner, database);
        } catch (SQLException e) {
            throw closeAfter(SqliteErrors.of(real, "cannot be opened", e), database, owner);
        } catch (IOException e) {
            throw closeAfter(new SpoolException(real + " cannot be opened: " + e, e), database, owner);
        } catch (RuntimeException e) {
            throw closeAfter(e, database, owner);
        }
    }

    /** One name for one file, whatever links lead to it: the owner is found by it. */
    private static Path real(Path path) {
        Path absolute = path.toAbsolutePath().normalize();
        Path directory = absolute.getParent();
        try {
            if (directory != null) {
                Files.createDirectories(directory);
            }
            return Files.exists(absolute) || directory == null
                    ? absolute.toRealPath()
                    : directory.toRealPath().resolve(absolute.getFileName());
        } catch (IOException e) {
            throw new SpoolException("cannot make the directory of " + absolute + ": " + e, e);
        }
    }

    /** SQLite takes an empty file for a new one, and throws away the log beside it. */
    private static void checkNotEmptied(Path path, Connection owner, Format format) throws SQLException, IOException {
        if (Files.exists(path) && Files.size(path) == 0 && SqliteOwner.wasMade(owner)) {
            throw new SpoolException.Damaged(
                    path + " is empty, but was " + format.name() + ": bring it back from a copy, or remove it to begin"
                            + " anew",
                    null);
        }
    }

    /** A connection to a SQLite file, in automatic commit. */
    static Connection connect(Path path) throws SQLException {
        try {
            // As a URI: the driver takes a question mark in a name for the beginning of settings.
            return DriverManager.getConnection("jdbc:sqlite:" + path.toUri());
        } catch (SQLException e) {
            if (e.getMessage() != null && e.getMessage().contains("No suitable driver")) {
                throw new SpoolException("SQLite's driver is missing: add org.xerial:sqlite-jdbc to the program", e);
            }
            throw e;
        }
    }

    Path path() {
        return path;
    }

    /**
     * Changes what is in the file, in one transaction: all of it or nothing.
     *
     * @param durable whether it is to survive a failure of the machine's power too when this returns, at the price of
     *     waiting for the disk; otherwise it survives a crash of the process, and is safe from the power's failure soon
     * @throws SpoolException.Damaged if it is to be durable, and the file was taken away
     */
    <T extends @Nullable Object> T change(String what, boolean durable, Work<T> work) {
        turn.lock();
        try {
            checkOpen();
            if (durable) {
                checkThere();
            }
            synchronous(durable);
            execute("BEGIN IMMEDIATE");
            return commit(work);
        } catch (SQLException e) {
            throw SqliteErrors.of(path, "cannot " + what, e);
        } finally {
            turn.unlock();
        }
    }

    /** Reads what is in the file. */
    <T extends @Nullable Object> T read(String what, Work<T> work) {
        turn.lock();
        try {
            checkOpen();
            return work.on(database);
        } catch (SQLException e) {
            throw SqliteErrors.of(path, "cannot " + what, e);
        } finally {
            turn.unlock();
        }
    }

    @Override
    public void close() {
        turn.lock();
        try {
            if (!closed) {
                closed = true;
                closeBoth();
            }
        } finally {
            turn.unlock();
        }
    }

    private void closeBoth() {
        try (owner;
                database) {
            // Closing the last connection moves what is in the log to the file, and takes the log away.
        } catch (SQLException e) {
            throw SqliteErrors.of(path, "did not close well", e);
        }
    }

    private <T extends @Nullable Object> T commit(Work<T> work) throws SQLException {
        try {
            T result = work.on(database);
            execute("COMMIT");
            return result;
        } catch (Throwable e) {
            rollBack(e);
            throw e;
        }
    }

    private void rollBack(Throwable e) {
        try {
            execute("ROLLBACK");
        } catch (SQLException rollback) {
            // After some failures, such as a full disk, SQLite has rolled back by itself, and says so in this way.
            if (!String.valueOf(rollback.getMessage()).contains("no transaction is active")) {
                e.addSuppressed(rollback);
            }
        }
    }

    /** FULL waits for the disk at each commit, NORMAL only when the log is moved to the file (pragma synchronous). */
    private void synchronous(boolean wanted) throws SQLException {
        if (durable != wanted) {
            execute("PRAGMA synchronous = " + (wanted ? "FULL" : "NORMAL"));
            durable = wanted;
        }
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = database.createStatement()) {
            statement.execute(sql);
        }
    }

    private void checkOpen() {
        if (closed) {
            throw new SpoolException(path + " is closed", null);
        }
    }

    /** The system lets a process write to a file that was deleted, and forgets it with the process. */
    private void checkThere() {
        try {
            if (fileKey != null && !fileKey.equals(fileKey())) {
                throw gone(null);
            }
        } catch (IOException e) {
            throw gone(e);
        }
    }

    private SpoolException gone(@Nullable IOException e) {
        return new SpoolException.Damaged(
                path
                        + " was removed or replaced while it was in use. Nothing more is taken in; what was taken in before"
                        + " is still delivered by this process, and lost if it ends before that",
                e);
    }

    private @Nullable Object fileKey() throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    }

    private static void prepare(Connection database, Path path, Format format) throws SQLException {
        try (Statement sql = database.createStatement()) {
            sql.execute("PRAGMA busy_timeout = " + BUSY_MILLIS);
            long application = number(sql, "PRAGMA application_id");
            long version = number(sql, "PRAGMA user_version");
            boolean empty = number(sql, "SELECT count(*) FROM sqlite_schema") == 0;
            if (!empty) {
                check(path, format, application, version);
            }
            sql.execute("PRAGMA journal_mode = WAL");
            sql.execute("PRAGMA synchronous = FULL");
            sql.execute("PRAGMA wal_autocheckpoint = " + WAL_PAGES);
            if (empty) {
                create(sql, format);
            }
        }
    }

    private static void check(Path path, Format format, long application, long version) {
        if (application != format.applicationId()) {
            throw new SpoolException(
                    path + " is a SQLite file, but not " + format.name() + ": name another file", null);
        }
        if (version != format.version()) {
            throw new SpoolException(
                    path + " is " + format.name() + " of version " + version + ", this program knows version "
                            + format.version() + ": use the program that wrote it, or name another file",
                    null);
        }
    }

    private static void create(Statement sql, Format format) throws SQLException {
        sql.execute("BEGIN IMMEDIATE");
        format.create(sql);
        sql.execute("PRAGMA application_id = " + format.applicationId());
        sql.execute("PRAGMA user_version = " + format.version());
        sql.execute("COMMIT");
    }

    static long number(Statement sql, String query) throws SQLException {
        try (ResultSet result = sql.executeQuery(query)) {
            return result.next() ? result.getLong(1) : 0;
        }
    }

    static <E extends RuntimeException> E closeAfter(E e, @Nullable AutoCloseable... resources) {
        for (AutoCloseable resource : resources) {
            try {
                if (resource != null) {
                    resource.close();
                }
            } catch (Exception closing) {
                e.addSuppressed(closing);
            }
        }
        return e;
    }
}
