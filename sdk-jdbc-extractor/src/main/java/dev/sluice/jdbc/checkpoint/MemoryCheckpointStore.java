package dev.sluice.jdbc.checkpoint;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicBoolean;

/** Checkpoints that live as long as the process. */
final class MemoryCheckpointStore implements CheckpointStore {
    private final Map<String, Checkpoint> checkpoints = new ConcurrentSkipListMap<>();
    private final AtomicBoolean locked = new AtomicBoolean();

    @Override
    public Lock lock() {
        if (!locked.compareAndSet(false, true)) {
            throw new CheckpointException("another sync in this process is running on the same checkpoints");
        }
        return () -> locked.set(false);
    }

    @Override
    public Optional<Checkpoint> load(String source, String destination) {
        return Optional.ofNullable(checkpoints.get(key(source, destination)));
    }

    @Override
    public void save(Checkpoint checkpoint) {
        checkpoints.put(key(checkpoint.source(), checkpoint.destination()), checkpoint);
    }

    @Override
    public List<Checkpoint> list() {
        return List.copyOf(checkpoints.values());
    }

    private static String key(String source, String destination) {
        return source + "\n" + destination;
    }
}
