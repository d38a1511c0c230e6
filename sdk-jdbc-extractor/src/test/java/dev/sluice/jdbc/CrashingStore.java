package dev.sluice.jdbc;

import dev.sluice.jdbc.checkpoint.Checkpoint;
import dev.sluice.jdbc.checkpoint.CheckpointStore;

/** Checkpoints in memory, whose process dies when told to: the next save does not come about. */
final class CrashingStore extends ForwardingStore {
    /** What a crash looks like from inside: nothing behind it runs. */
    static final class CrashError extends Error {
        private static final long serialVersionUID = 1L;
    }

    private volatile int left = -1;

    CrashingStore() {
        super(CheckpointStore.inMemory());
    }

    /** At the next save. */
    void crash() {
        crashIn(0);
    }

    /** When so many more saves have come about. */
    void crashIn(int saves) {
        left = saves;
    }

    @Override
    public void save(Checkpoint checkpoint) {
        dieIfTold();
        super.save(checkpoint);
    }

    @Override
    public void attach(String source, String destination, String name, byte[] content) {
        dieIfTold();
        super.attach(source, destination, name, content);
    }

    private void dieIfTold() {
        int before = left;
        if (before >= 0) {
            left = before - 1;
        }
        if (before == 0) {
            throw new CrashError();
        }
    }
}
