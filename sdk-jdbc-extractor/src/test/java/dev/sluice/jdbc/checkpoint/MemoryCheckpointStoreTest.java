package dev.sluice.jdbc.checkpoint;

final class MemoryCheckpointStoreTest extends CheckpointStoreContract {
    private final CheckpointStore store = CheckpointStore.inMemory();

    @Override
    CheckpointStore store() {
        return store;
    }
}
