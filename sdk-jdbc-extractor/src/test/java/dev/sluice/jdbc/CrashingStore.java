package dev.sluice.jdbc;

import dev.sluice.jdbc.checkpoint.Checkpoint;
import dev.sluice.jdbc.checkpoint.CheckpointStore;

/** Checkpoints in memory, whose process dies when told to: the next save does not come about. */
final class CrashingStore extends ForwardingStore {
    /** What a crash looks like from inside: nothing behind it runs. */
    static final class CrashError extends Error {
        private static final long serialVersionUID = 1L;
    }

    private int left = -1;
    private boolean stays;

    CrashingStore() {
        super(CheckpointStore.inMemory());
    }

    /** At the next save. */
    void crash() {
        crashIn(0);
    }

    /** At the save behind so many; -1 for none. */
    void crashAfter(int saves) {
        crashIn(saves);
    }

    /** The n-th save from now on does not come about, and none behind it until the process starts again. */
    synchronized void crashAt(int save) {
        left = save - 1;
        stays = true;
    }

    synchronized void restart() {
        left = -1;
        stays = false;
    }

    /** When so many more saves have come about. */
    synchronized void crashIn(int saves) {
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

    private synchronized void dieIfTold() {
        int before = left;
        if (before > 0 || (before == 0 && !stays)) {
            left = before - 1;
        }
        if (before == 0) {
            throw new CrashError();
        }
    }
}
