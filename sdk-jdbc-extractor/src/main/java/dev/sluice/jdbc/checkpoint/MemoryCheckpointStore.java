package dev.sluice.jdbc.checkpoint;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

/** Checkpoints that live as long as the process. */
final class MemoryCheckpointStore extends LockingStore<LockingStore.Hold> {
    private final Map<String, Checkpoint> checkpoints = new ConcurrentSkipListMap<>();
    private final Map<Place, byte[]> attachments = new ConcurrentHashMap<>();

    @Override
    public Optional<Checkpoint> load(String source, String destination) {
        return Optional.ofNullable(checkpoints.get(key(source, destination)));
    }

    @Override
    public List<Checkpoint> list() {
        return List.copyOf(checkpoints.values());
    }

    /** Nobody but this object's users can be in the way, and those the store has counted already. */
    @Override
    Attempt<Hold> tryLock() {
        return new Attempt<>(() -> {}, Runner.now());
    }

    @Override
    void save(Checkpoint checkpoint, Hold hold) {
        checkpoints.put(key(checkpoint.source(), checkpoint.destination()), checkpoint);
    }

    @Override
    void attach(Place place, byte[] content, Hold hold) {
        attachments.put(place, content.clone());
    }

    @Override
    Optional<byte[]> attachment(Place place) {
        return Optional.ofNullable(attachments.get(place)).map(byte[]::clone);
    }

    @Override
    public List<String> attachments(String source, String destination) {
        return attachments.keySet().stream()
                .filter(place ->
                        place.source().equals(source) && place.destination().equals(destination))
                .map(Place::name)
                .sorted()
                .toList();
    }

    @Override
    void detach(Place place, Hold hold) {
        attachments.remove(place);
    }

    @Override
    String place() {
        return "the same checkpoints in memory";
    }

    private static String key(String source, String destination) {
        return source + "\n" + destination;
    }
}
