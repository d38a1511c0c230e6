package dev.sluice;

import dev.sluice.batch.Batch;
import dev.sluice.batch.BatchId;
import dev.sluice.receipt.DeadLetter;
import dev.sluice.receipt.DeadLetters;
import dev.sluice.row.WriteMode;
import dev.sluice.spool.Span;
import dev.sluice.spool.Spool;
import dev.sluice.spool.SpoolException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings one table's batches out of the spool, oldest first, a few at a time, and notes there what became of them. */
final class Feed extends Owner {
    private static final Logger LOG = LoggerFactory.getLogger(Feed.class);

    /** A table whose rows nobody can write now is tried again after this; so is one whose spool cannot be read. */
    static final Duration PAUSE = Duration.ofMinutes(5);

    /** A batch in memory. An attempt that is under way keeps its lease alive by nothing but coming to an end. */
    private static final class Loaded {
        private final Spool.Lease lease;
        private boolean attempting;

        private Loaded(Spool.Lease lease) {
            this.lease = lease;
        }
    }

    private final Depot depot;
    private final Books books;
    private final int most;

    // Guarded by this.
    private final IdentityHashMap<Delivery, Loaded> loaded = new IdentityHashMap<>();

    /** What was stored just now and is likely to be loaded next: in memory still, and accounted for. */
    private final Map<BatchId, Batch> fresh = new HashMap<>();

    private boolean busy;
    private boolean called;
    private boolean paused;
    private boolean stopped;
    private boolean starved;

    Feed(Depot depot, Dispatcher dispatcher, Terms terms, Books books, String table, int most) {
        super(dispatcher, terms, books.pushes(table));
        this.depot = depot;
        this.books = books;
        this.most = most;
    }

    /** There may be something to load: looks for it on a thread of the crew. */
    void wake() {
        if (begins()) {
            dispatcher().alarm(Duration.ZERO, this::load);
        }
    }

    /** Keeps a batch in memory that was stored just now, if its turn is near; otherwise its memory is the caller's to free. */
    synchronized boolean keep(Batch batch) {
        boolean near = !stopped && !paused && loaded.size() + fresh.size() < most;
        if (near) {
            fresh.put(batch.id(), batch);
        }
        return near;
    }

    /** Memory was freed. */
    void wakeIfStarved() {
        if (isStarved()) {
            wake();
        }
    }

    /** Loads nothing more. */
    void stop() {
        synchronized (this) {
            stopped = true;
        }
        boolean ignored = dropFresh();
    }

    /** The leases of what waits in memory. */
    synchronized List<Spool.Lease> leases() {
        return loaded.values().stream()
                .filter(one -> !one.attempting)
                .map(one -> one.lease)
                .toList();
    }

    synchronized boolean isEmpty() {
        return loaded.isEmpty();
    }

    /** A lease was taken back, for its attempt did not come to an end: somebody else may have the batch now. */
    void lost(Spool.Lease lease) {
        for (Delivery stuck : holders(lease)) {
            LOG.warn("An attempt at batch {} has not ended within {}; it is sent again", lease.batch(), Spool.LEASE);
            dispatcher().abandon(stuck, "the attempt did not end within " + Spool.LEASE);
        }
        wake();
    }

    @Override
    boolean holds() {
        return false;
    }

    @Override
    boolean attempts(Delivery delivery, Batch piece) {
        // What is noted late would undo what this attempt notes.
        Optional<Spool.Lease> lease = depot.isBehind() ? Optional.empty() : lease(delivery, true);
        if (lease.isEmpty()) {
            return false;
        }
        try {
            boolean mine = depot.spool().attempting(lease.get(), Span.of(piece));
            if (!mine) {
                dispatcher()
                        .abandon(delivery, "the lease of batch " + lease.get().batch() + " has ended");
            }
            return mine;
        } catch (SpoolException e) {
            depot.fails(e);
            return false;
        }
    }

    /** What surely was not taken may be split later, also by another process. */
    @Override
    void waits(Delivery delivery) {
        Optional<Spool.Lease> lease = lease(delivery, false);
        if (lease.isPresent() && !delivery.attempts().isInDoubt()) {
            depot.note(() -> depot.spool().attempting(lease.get(), null));
        }
    }

    @Override
    void written(Delivery delivery, Batch piece) {
        end(delivery, piece, null);
    }

    /** Where the hook fails the spool keeps the letter: rows that are written in part must never be sent again. */
    @Override
    void keep(Delivery delivery, Batch piece, DeadLetter letter, DeadLetters hook) {
        boolean own = hook == depot.spool().deadLetters();
        if (!own) {
            try {
                hook.keep(letter);
            } catch (Throwable e) { // also what Kotlin code throws undeclared
                LOG.error("The dead-letter hook failed on batch {}; the spool keeps its rows", piece.id(), e);
                own = true;
            }
        }
        end(delivery, piece, own ? letter : null);
    }

    @Override
    void settle(Books books, Delivery delivery) {
        books.settleSpooled(account(), delivery.batch(), delivery.parts());
    }

    @Override
    Runnable ended(Delivery delivery) {
        Delivery mine = delivery.replaced().orElse(delivery);
        if (delivery.problems().isEmpty()) {
            forget(mine);
        } else {
            giveBack(mine);
            delivery.endedBy().filter(kind -> kind != Ending.Kind.ABORTED).ifPresent(kind -> pause(delivery, kind));
        }
        wake();
        return () -> depot.ended(delivery);
    }

    /** Its place is free when it is pending again: before, a later batch would be claimed in its stead. */
    private void giveBack(Delivery delivery) {
        lease(delivery, false)
                .ifPresent(lease -> depot.note(() -> {
                    depot.spool().release(lease);
                    forget(delivery);
                    wake();
                }));
    }

    private void end(Delivery delivery, Batch piece, @Nullable DeadLetter letter) {
        lease(delivery, false).ifPresent(lease -> depot.note(() -> depot.spool().end(lease, Span.of(piece), letter)));
    }

    private void pause(Delivery delivery, Ending.Kind kind) {
        Problem first = delivery.problems().get(0);
        LOG.warn(
                "Rows for {} cannot be written; batch {} showed it, and waits in the spool for {}: {}",
                account().table(),
                first.piece().id(),
                PAUSE,
                kind);
        pause();
    }

    private void pause() {
        synchronized (this) {
            paused = true;
        }
        dispatcher().alarm(PAUSE, this::resume);
    }

    private void resume() {
        synchronized (this) {
            paused = false;
        }
        wake();
    }

    private void load() {
        try {
            do {
                answer();
                while (mayLoad() && loadNext()) {
                    // The next one.
                }
            } while (dropFresh() || isCalledAgain());
        } catch (RuntimeException | Error e) {
            if (isStopped()) {
                return;
            }
            LOG.error(
                    "The rows for {} cannot be read from the spool; tried again in {}",
                    account().table(),
                    PAUSE,
                    e);
            boolean ignored = dropFresh();
            leave();
            pause();
        }
    }

    /** Lets go of what was not loaded after all; true if that makes room that was missing. */
    private boolean dropFresh() {
        Map<BatchId, Batch> left = takeFresh();
        left.values().forEach(this::free);
        return !left.isEmpty() && isStarved();
    }

    /** False if there is nothing, or no room for it. */
    private boolean loadNext() {
        Optional<Spool.Size> next = depot.spool().next(account().table());
        if (next.isEmpty()) {
            return false;
        }
        long cost = Books.cost(next.get().rows(), next.get().bytes());
        if (!books.load(account(), cost)) {
            starve();
            return false;
        }
        try {
            Spool.Claim claim = depot.spool().claim(account().table(), fresh()).orElseThrow();
            // An older one may have come back since.
            long exact = Books.cost(claim.batch());
            books.loaded(account(), exact - cost);
            cost = exact;
            start(claim);
        } catch (RuntimeException | Error e) {
            books.loaded(account(), -cost);
            throw e;
        }
        return true;
    }

    private void free(Batch batch) {
        books.unload(account(), Books.cost(batch));
    }

    private void start(Spool.Claim claim) {
        forgetFresh(claim.batch()).ifPresent(this::free);
        Delivery delivery = dispatcher()
                .delivery(claim.batch(), depot.positions(claim.batch()), this)
                .resume(claim.ended(), claim.doubt());
        synchronized (this) {
            loaded.put(delivery, new Loaded(claim.lease()));
        }
        depot.beatSoon();
        dispatcher().submit(this, List.of(delivery));
    }

    private synchronized Map<BatchId, Batch> fresh() {
        return Map.copyOf(fresh);
    }

    private synchronized Optional<Batch> forgetFresh(Batch batch) {
        return Optional.ofNullable(fresh.remove(batch.id()));
    }

    private synchronized Map<BatchId, Batch> takeFresh() {
        Map<BatchId, Batch> left = Map.copyOf(fresh);
        fresh.clear();
        return left;
    }

    private synchronized void answer() {
        called = false;
    }

    private synchronized boolean isCalledAgain() {
        busy = called && !stopped;
        return busy;
    }

    private synchronized void leave() {
        busy = false;
    }

    private synchronized boolean mayLoad() {
        starved = false;
        return !stopped && !paused && loaded.size() < (isMerging() ? 1 : most);
    }

    /** A merge goes alone: what is given back must not find later ones before it. */
    private boolean isMerging() {
        return loaded.keySet().stream()
                .anyMatch(one -> one.batch().destination().mode() == WriteMode.MERGE);
    }

    private synchronized boolean begins() {
        called = true;
        boolean begins = !busy && !stopped;
        busy |= begins;
        return begins;
    }

    private void starve() {
        synchronized (this) {
            starved = true;
        }
        depot.beatSoon();
    }

    private synchronized boolean isStopped() {
        return stopped;
    }

    synchronized boolean isStarved() {
        return starved;
    }

    /** The lease of a delivery that has not been given up; says whether an attempt begins or is over. */
    private synchronized Optional<Spool.Lease> lease(Delivery delivery, boolean attempting) {
        Loaded one = loaded.get(delivery);
        if (one != null) {
            one.attempting = attempting;
        }
        return Optional.ofNullable(one).map(held -> held.lease);
    }

    private synchronized void forget(Delivery delivery) {
        loaded.remove(delivery);
    }

    private synchronized List<Delivery> holders(Spool.Lease lease) {
        List<Delivery> holders = new ArrayList<>();
        loaded.forEach((delivery, one) -> {
            if (one.lease.equals(lease)) {
                holders.add(delivery);
            }
        });
        return holders;
    }
}
