package dev.sluice.spool;

import dev.sluice.batch.BatchId;
import dev.sluice.row.ChangedRow;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A push queue without a disk. */
final class MemoryPushQueue implements PushQueue {
    /** A batch, and who holds it. */
    private static final class Held {
        private final BatchId id = BatchId.random();
        private final List<Long> sequences;
        private long lease;
        private @Nullable Instant renewed;
        private @Nullable String job;

        private Held(List<Long> sequences) {
            this.sequences = sequences;
        }
    }

    /** What one target has. */
    private static final class Target {
        private final TreeMap<Long, ChangedRow> events = new TreeMap<>();
        private final Map<BatchId, Held> batches = new LinkedHashMap<>();
        private final Map<Long, BatchId> claimed = new HashMap<>();
        private final Set<String> once = new HashSet<>();
        private OptionalLong offset = OptionalLong.empty();

        private Set<Long> claimedRows() {
            return claimed.keySet().stream()
                    .flatMap(sequence -> Stream.ofNullable(events.get(sequence)))
                    .map(ChangedRow::rowId)
                    .collect(Collectors.toSet());
        }
    }

    private final Clock clock;
    private final Map<String, Target> targets = new TreeMap<>();
    private long sequences;
    private long leases;
    private boolean closed;

    MemoryPushQueue(Clock clock) {
        this.clock = clock;
    }

    @Override
    public synchronized void put(String name, List<ChangedRow> rows) {
        add(target(name), rows);
    }

    @Override
    public synchronized boolean put(String name, List<ChangedRow> rows, long offset) {
        Target target = target(name);
        if (target.offset.isPresent() && target.offset.getAsLong() >= offset) {
            return false;
        }
        add(target, rows);
        target.offset = OptionalLong.of(offset);
        return true;
    }

    @Override
    public synchronized boolean putOnce(String name, List<ChangedRow> rows, String key) {
        Target target = target(name);
        List<ChangedRow> taken = List.copyOf(rows);
        boolean isNew = target.once.add(key);
        if (isNew) {
            add(target, taken);
        }
        return isNew;
    }

    @Override
    public synchronized void replace(String name, List<ChangedRow> rows) {
        List<ChangedRow> taken = List.copyOf(rows);
        Target target = target(name);
        target.events.clear();
        target.batches.clear();
        target.claimed.clear();
        add(target, taken);
    }

    @Override
    public synchronized OptionalLong offset(String name) {
        return target(name).offset;
    }

    @Override
    public synchronized long last() {
        checkOpen();
        return sequences;
    }

    @Override
    public synchronized Optional<Claim> claim(String name, long upTo, int atMost, Set<Long> except) {
        Target target = target(name);
        Optional<Held> next = loose(target, upTo, except).or(() -> fresh(target, upTo, atMost, except));
        next.ifPresent(batch -> {
            batch.lease = ++leases;
            batch.renewed = clock.instant();
        });
        return next.map(batch -> new Claim(name, batch.id, batch.lease, events(target, batch.sequences), batch.job));
    }

    @Override
    public synchronized boolean renew(Claim claim) {
        Optional<Held> held = held(claim);
        held.ifPresent(batch -> batch.renewed = clock.instant());
        return held.isPresent();
    }

    @Override
    public synchronized boolean saveJob(Claim claim, String job) {
        Optional<Held> held = held(claim);
        held.ifPresent(batch -> batch.job = job);
        return held.isPresent();
    }

    @Override
    public synchronized boolean settle(Claim claim, Collection<Long> failed) {
        Set<Long> kept = Settling.check(claim, failed);
        Target target = target(claim.target());
        Optional<Held> held = held(claim);
        held.ifPresent(batch -> {
            target.batches.remove(batch.id);
            target.claimed.keySet().removeAll(batch.sequences);
            batch.sequences.stream()
                    .filter(sequence -> !kept.contains(sequence))
                    .forEach(target.events::remove);
        });
        return held.isPresent();
    }

    @Override
    public synchronized boolean release(Claim claim) {
        Optional<Held> held = held(claim);
        held.ifPresent(batch -> batch.renewed = null);
        return held.isPresent();
    }

    @Override
    public synchronized List<Backlog> backlog() {
        checkOpen();
        return targets.entrySet().stream()
                .filter(one -> !one.getValue().events.isEmpty())
                .map(one -> new Backlog(
                        one.getKey(),
                        one.getValue().events.size(),
                        one.getValue().claimed.size()))
                .toList();
    }

    @Override
    public synchronized long count(String name, long upTo) {
        return target(name).events.headMap(upTo, true).size();
    }

    @Override
    public synchronized List<Event> list(String name) {
        Target target = target(name);
        return events(target, List.copyOf(target.events.keySet()));
    }

    @Override
    public synchronized void close() {
        closed = true;
    }

    private void add(Target target, List<ChangedRow> rows) {
        List.copyOf(rows).forEach(row -> target.events.put(++sequences, row));
    }

    private Optional<Held> loose(Target target, long upTo, Set<Long> except) {
        Instant limit = clock.instant().minus(LEASE);
        return target.batches.values().stream()
                .filter(batch -> batch.renewed == null || !batch.renewed.isAfter(limit))
                .filter(batch -> batch.sequences.stream().allMatch(each -> each <= upTo && !except.contains(each)))
                .findFirst();
    }

    private static Optional<Held> fresh(Target target, long upTo, int atMost, Set<Long> except) {
        NextEvents next = new NextEvents(atMost, target.claimedRows(), except);
        for (Map.Entry<Long, ChangedRow> event :
                target.events.headMap(upTo, true).entrySet()) {
            if (next.isFull()) {
                break;
            }
            if (!target.claimed.containsKey(event.getKey())) {
                next.offer(
                        event.getKey(),
                        event.getValue().rowId(),
                        event.getValue().change());
            }
        }
        if (next.sequences().isEmpty()) {
            return Optional.empty();
        }
        Held batch = new Held(next.sequences());
        target.batches.put(batch.id, batch);
        batch.sequences.forEach(sequence -> target.claimed.put(sequence, batch.id));
        return Optional.of(batch);
    }

    private static List<Event> events(Target target, List<Long> sequences) {
        return sequences.stream()
                .flatMap(sequence ->
                        Stream.ofNullable(target.events.get(sequence)).map(row -> new Event(sequence, row)))
                .toList();
    }

    private Optional<Held> held(Claim claim) {
        return Optional.ofNullable(target(claim.target()).batches.get(claim.batch()))
                .filter(batch -> batch.renewed != null && batch.lease == claim.lease());
    }

    private Target target(String name) {
        checkOpen();
        return targets.computeIfAbsent(Targets.check(name), any -> new Target());
    }

    private void checkOpen() {
        if (closed) {
            throw new SpoolException("the push queue in memory is closed", null);
        }
    }
}
