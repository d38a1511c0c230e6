package dev.sluice.jdbc.checkpoint;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * Keeps checkpoints, one for each pair of source and destination.
 *
 * <p>One runner at a time: every call but {@link #list()} is made between {@link #lock} and the closing of its result.
 * Between them several threads may load and save at the same time, the saves of one table are made one after the
 * other. Whoever has lost the lock is refused at his next save and cannot overwrite what the next runner
 * has saved.
 */
public interface CheckpointStore {
    /** Held by the one runner that may save; closing it lets the next one in. */
    interface Lock extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Makes the caller the only one that saves here.
     *
     * @param wait how long to wait for another runner to end; zero tries once
     * @throws CheckpointException if another runner still holds the lock after that, naming it: its host, its process id
     *     and since when it runs; or if the thread was interrupted while it waited, which it then still is
     * @throws IllegalArgumentException if {@code wait} is negative
     */
    Lock lock(Duration wait);

    /** The checkpoint of a table; empty if it was never synced. */
    Optional<Checkpoint> load(String source, String destination);

    /**
     * Keeps the checkpoint: when this returns it survives a crash of the process and, for durable stores, of the
     * machine.
     *
     * @throws CheckpointException if it cannot be kept, or if the lock is not held or was lost to another runner; what was
     *     kept before is still there
     */
    void save(Checkpoint checkpoint);

    /**
     * Keeps bytes beside a checkpoint, in place of what was kept under this name before; as durable as {@link #save}.
     *
     * @param name of at most 100 letters, digits, dots and hyphens
     * @throws CheckpointException if they cannot be kept, or the lock is not held or was lost
     */
    void attach(String source, String destination, String name, byte[] content);

    /** What is kept beside a checkpoint under a name; empty if there is nothing. */
    Optional<byte[]> attachment(String source, String destination, String name);

    /** The names under which something is kept beside a checkpoint, in their order. */
    List<String> attachments(String source, String destination);

    /**
     * Forgets what is kept beside a checkpoint under a name, if there is something.
     *
     * @throws CheckpointException if that fails, or the lock is not held or was lost
     */
    void detach(String source, String destination, String name);

    /** Every checkpoint, ordered by source and destination. */
    List<Checkpoint> list();

    /**
     * One readable JSON file for each checkpoint in a directory, made if it is not there.
     *
     * <p>A save writes a new file beside the old one, forces it to disk and moves it over the old one, so a crash leaves
     * one or the other. The lock is the operating system's, on the file {@code lock}: it goes with its process, however
     * that ends. It holds on local disks; on network file systems only as far as their locks do. The file {@code
     * lock.holder} beside it names the holder, with a number that each one raises; a save is refused when it finds another
     * there, so a lock that a network file system lost is noticed.
     */
    static CheckpointStore file(Path directory) {
        return new FileCheckpointStore(directory);
    }

    /**
     * One row for each checkpoint in a table of a database: PostgreSQL, MySQL, MariaDB, H2, DuckDB, or one that speaks
     * their common SQL. It may be another database than the one that is read.
     *
     * <p>A save is one transaction, as durable as the database makes its commits; one that failed because the answer to
     * its commit was lost may be there all the same. No connection is held between calls. Each call takes one, and so does
     * a daemon thread that renews the lock; a pool needs room for it.
     *
     * <p>The lock is a lease of 30 s on the one row of a second table, {@code <table>_lock}, renewed every 10 s and with
     * each save. A killed runner's lease is taken over when it ends, by the database's clock; clocks of hosts and time
     * zones of sessions do not matter. A runner that was paused for longer, or cut off from the database, is refused at
     * its next save. A lease that cannot be given back at the end is logged and ends by itself.
     *
     * <p>Both tables are made by the first call that finds them missing. Who may not create tables lets somebody else run
     * this once, and needs SELECT, INSERT, UPDATE and DELETE on both (on MySQL and MariaDB, {@code LONGTEXT CHARACTER SET utf8mb4}
     * for {@code TEXT}, {@code DATETIME(6)} for {@code TIMESTAMP WITH TIME ZONE} and {@code UTC_TIMESTAMP(6)} for {@code
     * CURRENT_TIMESTAMP}):
     *
     * <pre>{@code
     * CREATE TABLE sluice_state (digest VARCHAR(64) PRIMARY KEY, owner VARCHAR(64) NOT NULL,
     *     name VARCHAR(100) NOT NULL, source TEXT NOT NULL, destination TEXT NOT NULL,
     *     document TEXT NOT NULL, saves BIGINT NOT NULL, saved_at TIMESTAMP WITH TIME ZONE NOT NULL);
     * CREATE TABLE sluice_state_lock (id INTEGER PRIMARY KEY, holder VARCHAR(300), generation BIGINT NOT NULL,
     *     beats BIGINT NOT NULL, expires TIMESTAMP WITH TIME ZONE NOT NULL);
     * INSERT INTO sluice_state_lock VALUES (1, NULL, 0, 0, CURRENT_TIMESTAMP);
     * }</pre>
     *
     * @param database gives connections; may be a pool
     * @param table the name as in SQL, such as {@code sluice_state} or {@code ops.sluice_state}, of letters, digits and
     *     {@code _}; its schema exists
     * @throws IllegalArgumentException if the name is another
     */
    static CheckpointStore table(DataSource database, String table) {
        return new TableCheckpointStore(database, table, Lease.Times.DEFAULT);
    }

    /** In memory, for tests and for syncs that start over with each process. */
    static CheckpointStore inMemory() {
        return new MemoryCheckpointStore();
    }
}
