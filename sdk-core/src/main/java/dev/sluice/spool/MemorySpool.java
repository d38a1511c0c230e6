package dev.sluice.spool;

import static java.util.Comparator.comparingInt;

import dev.sluice.batch.Batch;
import dev.sluice.batch.BatchId;
import dev.sluice.receipt.DeadLetter;
import dev.sluice.receipt.DeadLetterStore;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A spool without a disk. */
final class MemorySpool implements Spool {
    private static final class Waiting {
        private final Batch batch;
        private final List<Span> ended = new ArrayList<>();
        private boolean remembered;
        private @Nullable Lease lease;
        private Instant renewed = Instant.MIN;
        private @Nullable Span doubt;

        private Waiting(Batch batch, boolean remembered) {
            this.batch = batch;
            this.remembered = remembered;
        }

        private List<Span> inOrder() {
            return ended.stream().sorted(comparingInt(Span::firstRow)).toList();
        }

        private int open() {
            return batch.rows() - ended.stream().mapToInt(Span::rows).sum();
        }
    }

    private final long maxBytes;
    private final Clock clock;
    private final Map<BatchId, Waiting> batches = new LinkedHashMap<>();
    private final Set<BatchId> tombstones = new HashSet<>();
    private final Map<Long, DeadLetter> letters = new TreeMap<>();
    private final DeadLetterStore dead = new Letters();
    private long leases;
    private long lettersEver;
    private boolean closed;

    MemorySpool(long maxBytes, Clock clock) {
        this.maxBytes = maxBytes;
        this.clock = clock;
    }

    @Override
    public synchronized List<BatchId> put(List<Batch> taken, boolean remembered) {
        checkOpen();
        Map<BatchId, Waiting> added = new LinkedHashMap<>();
        for (Batch batch : taken) {
            if (!knows(batch.id())) {
                added.putIfAbsent(batch.id(), new Waiting(batch, remembered));
            }
        }
        long more = added.values().stream().mapToLong(one -> one.batch.bytes()).sum();
        long used = bytes();
        if (more > 0 && used + more > maxBytes) {
            throw Room.none("the spool in memory", used, more, maxBytes);
        }
        batches.putAll(added);
        return List.copyOf(added.keySet());
    }

    @Override
    public synchronized boolean knows(BatchId batch) {
        checkOpen();
        return batches.containsKey(batch) || tombstones.contains(batch);
    }

    @Override
    public synchronized void forget(BatchId batch) {
        checkOpen();
        tombstones.remove(batch);
        Waiting waiting = batches.get(batch);
        if (waiting != null) {
            waiting.remembered = false;
        }
    }

    @Override
    public synchronized List<Backlog> backlog() {
        checkOpen();
        Map<String, Backlog> tables = new TreeMap<>();
        for (Waiting one : batches.values()) {
            String table = one.batch.destination().table();
            tables.merge(
                    table,
                    new Backlog(table, 1, one.open()),
                    (all, next) -> new Backlog(table, all.batches() + 1, all.rows() + next.rows()));
        }
        return List.copyOf(tables.values());
    }

    @Override
    public synchronized Optional<Size> next(String table) {
        return oldest(table).map(one -> new Size(one.batch.rows(), one.batch.bytes()));
    }

    @Override
    public synchronized Optional<Claim> claim(String table, Map<BatchId, Batch> known) {
        Optional<Waiting> next = oldest(table);
        next.ifPresent(one -> {
            one.lease = new Lease(one.batch.id(), ++leases);
            one.renewed = clock.instant();
        });
        return next.map(one -> new Claim(one.batch, held(one), one.inOrder(), one.doubt));
    }

    @Override
    public synchronized void renew(Collection<Lease> owned) {
        checkOpen();
        owned.forEach(lease -> leased(lease).ifPresent(one -> one.renewed = clock.instant()));
    }

    @Override
    public synchronized List<Lease> reclaim() {
        checkOpen();
        Instant limit = clock.instant().minus(LEASE);
        List<Lease> taken = new ArrayList<>();
        for (Waiting one : batches.values()) {
            if (one.lease != null && !one.renewed.isAfter(limit)) {
                taken.add(one.lease);
                one.lease = null;
            }
        }
        return taken;
    }

    @Override
    public synchronized boolean attempting(Lease lease, @Nullable Span piece) {
        checkOpen();
        Optional<Waiting> leased = leased(lease);
        leased.ifPresent(one -> {
            one.doubt = piece;
            one.renewed = clock.instant();
        });
        return leased.isPresent();
    }

    @Override
    public synchronized boolean end(Lease lease, Span piece, @Nullable DeadLetter letter) {
        checkOpen();
        Optional<Waiting> leased = leased(lease);
        leased.ifPresent(one -> {
            piece.checkEnds(lease.batch(), one.batch.rows(), one.ended);
            one.ended.add(piece);
            one.doubt = one.doubt == null || piece.overlaps(one.doubt) ? null : one.doubt;
            if (letter != null) {
                letters.put(++lettersEver, letter);
            }
            if (one.open() == 0) {
                remove(one);
            }
        });
        return leased.isPresent();
    }

    @Override
    public synchronized void release(Lease lease) {
        checkOpen();
        leased(lease).ifPresent(one -> one.lease = null);
    }

    @Override
    public DeadLetterStore deadLetters() {
        return dead;
    }

    @Override
    public synchronized void close() {
        closed = true;
    }

    private void remove(Waiting ended) {
        batches.remove(ended.batch.id());
        if (ended.remembered) {
            tombstones.add(ended.batch.id());
        }
    }

    private long bytes() {
        return batches.values().stream().mapToLong(one -> one.batch.bytes()).sum()
                + letters.values().stream()
                        .mapToLong(letter -> letter.batch().bytes())
                        .sum();
    }

    private Optional<Waiting> oldest(String table) {
        checkOpen();
        return batches.values().stream()
                .filter(one ->
                        one.lease == null && one.batch.destination().table().equals(table))
                .findFirst();
    }

    private Optional<Waiting> leased(Lease lease) {
        return Optional.ofNullable(batches.get(lease.batch())).filter(one -> lease.equals(one.lease));
    }

    private static Lease held(Waiting one) {
        if (one.lease == null) {
            throw new IllegalStateException(one.batch.id() + " is not leased");
        }
        return one.lease;
    }

    private void checkOpen() {
        if (closed) {
            throw new SpoolException("the spool in memory is closed", null);
        }
    }

    private final class Letters implements DeadLetterStore {
        @Override
        public void keep(DeadLetter letter) {
            synchronized (MemorySpool.this) {
                checkOpen();
                letters.put(++lettersEver, letter);
            }
        }

        @Override
        public List<Entry> list() {
            synchronized (MemorySpool.this) {
                checkOpen();
                return letters.entrySet().stream()
                        .map(one -> Letter.entry(one.getKey(), one.getValue()))
                        .toList();
            }
        }

        @Override
        public DeadLetter read(String name) {
            synchronized (MemorySpool.this) {
                checkOpen();
                DeadLetter letter = letters.get(Letter.number(name));
                if (letter == null) {
                    throw new NoSuchElementException("there is no dead letter " + name);
                }
                return letter;
            }
        }

        @Override
        public void remove(String name) {
            synchronized (MemorySpool.this) {
                checkOpen();
                letters.remove(Letter.number(name));
            }
        }
    }
}
