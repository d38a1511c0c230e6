package dev.sluice.jdbc;

import dev.sluice.jdbc.checkpoint.Checkpoint;
import dev.sluice.jdbc.checkpoint.CheckpointStore;
import java.util.List;
import java.util.Optional;

/** Checkpoints in memory, whose process dies when told to: the next save does not come about. */
final class CrashingStore implements CheckpointStore {
    /** What a crash looks like from inside: nothing behind it runs. */
    static final class CrashError extends Error {
        private static final long serialVersionUID = 1L;
    }

    private final CheckpointStore memory = CheckpointStore.inMemory();
    private volatile boolean crashes;

    void crash() {
        crashes = true;
    }

    @Override
    public Lock lock() {
        return memory.lock();
    }

    @Override
    public Optional<Checkpoint> load(String source, String destination) {
        return memory.load(source, destination);
    }

    @Override
    public void save(Checkpoint checkpoint) {
        if (crashes) {
            crashes = false;
            throw new CrashError();
        }
        memory.save(checkpoint);
    }

    @Override
    public List<Checkpoint> list() {
        return memory.list();
    }
}
