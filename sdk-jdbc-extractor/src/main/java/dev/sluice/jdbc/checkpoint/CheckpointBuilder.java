package dev.sluice.jdbc.checkpoint;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Makes a checkpoint out of another one, part by part. */
public final class CheckpointBuilder {
    private final String source;
    private final String destination;
    private @Nullable Fingerprint fingerprint;
    private long epoch;
    private boolean loaded;
    private @Nullable Cursor cursor;
    private @Nullable String horizon;
    private long sequence;
    private long rows;
    private List<PendingRange> pending = List.of();
    private @Nullable Load load;
    private List<Mark> marks = List.of();
    private @Nullable Overtaken overtaken;
    private Map<String, String> prepared = Map.of();
    private Map<String, String> recent = Map.of();
    private List<String> columns = List.of();
    private @Nullable String scanned;

    CheckpointBuilder(String source, String destination, long epoch) {
        this.source = source;
        this.destination = destination;
        this.epoch = epoch;
    }

    CheckpointBuilder(Checkpoint from) {
        this(from.source(), from.destination(), from.epoch());
        fingerprint = from.fingerprint();
        loaded = from.loaded();
        cursor = from.cursor();
        horizon = from.horizon();
        sequence = from.sequence();
        rows = from.rows();
        pending = from.pending();
        load = from.load();
        marks = from.marks();
        overtaken = from.overtaken();
        prepared = from.prepared();
        recent = from.recent();
        columns = from.columns();
        scanned = from.scanned();
    }

    public CheckpointBuilder fingerprint(@Nullable Fingerprint value) {
        fingerprint = value;
        return this;
    }

    /** Begins a new epoch. */
    public CheckpointBuilder nextEpoch() {
        epoch++;
        return this;
    }

    public CheckpointBuilder loaded(boolean value) {
        loaded = value;
        return this;
    }

    public CheckpointBuilder cursor(@Nullable Cursor value) {
        cursor = value;
        return this;
    }

    public CheckpointBuilder horizon(@Nullable String value) {
        horizon = value;
        return this;
    }

    /** Numbers up to {@code last} are given away; it never goes back. */
    public CheckpointBuilder sequence(long last) {
        sequence = Math.max(sequence, last);
        return this;
    }

    public CheckpointBuilder rows(long value) {
        rows = value;
        return this;
    }

    /** Adds a range that is about to be sent; one that was sent before under the same id is this one, in its place. */
    public CheckpointBuilder pending(PendingRange range) {
        return replaced(range.batch(), range, Optional.empty());
    }

    /**
     * Puts a range into the place of another one, and perhaps a second one behind it; at the end if the other is not
     * there. Ranges stay in the order in which they were read, in which the cursor moves.
     */
    public CheckpointBuilder replaced(String batch, PendingRange range, Optional<PendingRange> next) {
        List<PendingRange> all = new ArrayList<>(pending);
        int at = IntStream.range(0, all.size())
                .filter(i -> all.get(i).batch().equals(batch))
                .findFirst()
                .orElse(all.size());
        if (at < all.size()) {
            all.remove(at);
        }
        next.ifPresent(one -> all.add(at, one));
        all.add(at, range);
        pending = all;
        return this;
    }

    /** Takes a range out that is settled. */
    public CheckpointBuilder settled(String batch) {
        pending = pending.stream().filter(range -> !range.batch().equals(batch)).toList();
        return this;
    }

    /** These alone are pending. */
    public CheckpointBuilder onlyPending(List<PendingRange> ranges) {
        pending = ranges;
        return this;
    }

    public CheckpointBuilder load(@Nullable Load value) {
        load = value;
        return this;
    }

    public CheckpointBuilder marks(List<Mark> value) {
        marks = value;
        return this;
    }

    public CheckpointBuilder overtaken(@Nullable Overtaken value) {
        overtaken = value;
        return this;
    }

    public CheckpointBuilder prepared(Map<String, String> value) {
        prepared = value;
        return this;
    }

    public CheckpointBuilder recent(Map<String, String> value) {
        recent = value;
        return this;
    }

    public CheckpointBuilder columns(List<String> value) {
        columns = value;
        return this;
    }

    public CheckpointBuilder scanned(@Nullable String value) {
        scanned = value;
        return this;
    }

    public Checkpoint build() {
        return new Checkpoint(
                source,
                destination,
                fingerprint,
                epoch,
                loaded,
                cursor,
                horizon,
                sequence,
                rows,
                pending,
                load,
                marks,
                overtaken,
                prepared,
                recent,
                columns,
                scanned);
    }
}
