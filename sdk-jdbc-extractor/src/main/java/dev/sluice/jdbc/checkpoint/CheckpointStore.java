package dev.sluice.jdbc.checkpoint;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Keeps checkpoints, one for each pair of source and destination.
 *
 * <p>One runner at a time: every call but {@link #list()} is made between {@link #lock()} and the closing of its
 * result, by one thread.
 */
public interface CheckpointStore {
    /** Held by the one runner that may save; closing it lets the next one in. */
    interface Lock extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Makes this process the only one that saves here; does not wait.
     *
     * @throws CheckpointException if another runner holds the lock, naming it
     */
    Lock lock();

    /** The checkpoint of a table; empty if it was never synced. */
    Optional<Checkpoint> load(String source, String destination);

    /**
     * Keeps the checkpoint: when this returns it survives a crash of the process and, for durable stores, of the
     * machine.
     *
     * @throws CheckpointException if it cannot be kept; what was kept before is still there
     */
    void save(Checkpoint checkpoint);

    /** Every checkpoint, ordered by source and destination. */
    List<Checkpoint> list();

    /**
     * One readable JSON file for each checkpoint in a directory, made if it is not there.
     *
     * <p>A save writes a new file beside the old one, forces it to disk and moves it over the old one, so a crash leaves
     * one or the other. The lock is the operating system's, on the file {@code lock}: it goes with its process, however
     * that ends. It holds on local disks; on network file systems only as far as their locks do.
     */
    static CheckpointStore file(Path directory) {
        return new FileCheckpointStore(directory);
    }

    /** In memory, for tests and for syncs that start over with each process. */
    static CheckpointStore inMemory() {
        return new MemoryCheckpointStore();
    }
}
