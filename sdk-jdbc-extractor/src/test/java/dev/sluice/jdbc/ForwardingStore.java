package dev.sluice.jdbc;

import dev.sluice.jdbc.checkpoint.Checkpoint;
import dev.sluice.jdbc.checkpoint.CheckpointStore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Another store's checkpoints, for tests that change one of its calls. */
class ForwardingStore implements CheckpointStore {
    private final CheckpointStore store;

    ForwardingStore(CheckpointStore store) {
        this.store = store;
    }

    @Override
    public Lock lock(Duration wait) {
        return store.lock(wait);
    }

    @Override
    public Optional<Checkpoint> load(String source, String destination) {
        return store.load(source, destination);
    }

    @Override
    public void save(Checkpoint checkpoint) {
        store.save(checkpoint);
    }

    @Override
    public void attach(String source, String destination, String name, byte[] content) {
        store.attach(source, destination, name, content);
    }

    @Override
    public Optional<byte[]> attachment(String source, String destination, String name) {
        return store.attachment(source, destination, name);
    }

    @Override
    public List<String> attachments(String source, String destination) {
        return store.attachments(source, destination);
    }

    @Override
    public void detach(String source, String destination, String name) {
        store.detach(source, destination, name);
    }

    @Override
    public List<Checkpoint> list() {
        return store.list();
    }
}
