package dev.sluice.jdbc;

import dev.sluice.jdbc.checkpoint.Checkpoint;
import dev.sluice.jdbc.checkpoint.CheckpointStore;
import java.time.Duration;

/** Puts a checkpoint where a sync is to find it. */
final class Saves {
    private Saves() {}

    static void locked(CheckpointStore store, Checkpoint checkpoint) {
        CheckpointStore.Lock lock = store.lock(Duration.ZERO);
        store.save(checkpoint);
        lock.close();
    }
}
