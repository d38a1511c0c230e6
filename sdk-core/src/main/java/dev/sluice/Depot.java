package dev.sluice;

import dev.sluice.batch.Batch;
import dev.sluice.batch.BatchId;
import dev.sluice.spool.Spool;
import dev.sluice.spool.SpoolException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client's spool at work: rows go into it before anything else, and come out of it to be sent.
 *
 * <p>No lock is held while the spool is called but {@link #storing} and that of the notes, so a slow disk holds up nobody
 * but those who wait for it.
 */
final class Depot {
    private static final Logger LOG = LoggerFactory.getLogger(Depot.class);

    /** Leases are renewed this often, a tenth of what they last. */
    private static final Duration BEAT = Duration.ofMinutes(1);

    /** What the spool refused is tried again after this. */
    private static final Duration RETRY = Duration.ofSeconds(1);

    /** What several writers hand in meanwhile goes to the disk in one step, up to about so many bytes. */
    private static final long STEP_BYTES = 4_000_000;

    /** A writer's batch on its way into the spool; or, refused, a row that only comes to its end in its turn. */
    private record Arrival(
            Outbox from, Batch batch, @Nullable Delivery refused) {
        String table() {
            return batch.destination().table();
        }
    }

    private final Spool spool;
    private final Dispatcher dispatcher;
    private final Books books;
    private final Terms terms;
    private final int most;
    private final Object storing = new Object();
    private final Notes notes = new Notes(this::fails);

    // Guarded by this.
    private final Map<String, Feed> feeds = new HashMap<>();
    private final Map<BatchId, SpoolPush> waiters = new HashMap<>();
    private final Deque<Arrival> arrivals = new ArrayDeque<>();
    private boolean busy;
    private boolean beating;
    private boolean stopped;

    /** How many batches have left the spool. */
    private final AtomicLong ends = new AtomicLong();

    private volatile @Nullable SpoolException trouble;

    Depot(Spool spool, Settings settings, Dispatcher dispatcher, Books books) {
        this.spool = spool;
        this.dispatcher = dispatcher;
        this.books = books;
        this.terms = settings.spooled();
        this.most = settings.maxInFlight() + 1;
        for (Spool.Backlog left : spool.backlog()) {
            books.found(feed(left.table()).account(), left.rows());
            LOG.info("The spool has {} rows in {} batches for {}", left.rows(), left.batches(), left.table());
        }
        feeds().forEach(Feed::wake);
    }

    Spool spool() {
        return spool;
    }

    /** Why nothing can be kept now; empty if all is well. */
    Optional<SpoolException> trouble() {
        return Optional.ofNullable(trouble);
    }

    /** Takes a writer's batch; it hears when the batch is safe. */
    void arrive(Outbox from, Batch batch) {
        arrive(new Arrival(from, batch, null));
    }

    /** Takes a writer's row that cannot be sent; it hears of its end. */
    void refuse(Outbox from, Delivery row) {
        arrive(new Arrival(from, row.batch(), row));
    }

    /** Gives back what has arrived from {@code from}, or from anyone, and is not safe yet. */
    void giveBack(@Nullable Outbox from, String why) {
        List<Arrival> taken = new ArrayList<>();
        // What is just being stored is waited for: it is either safe afterwards, or still here.
        synchronized (storing) {
            synchronized (this) {
                arrivals.removeIf(one -> (from == null || one.from() == from) && taken.add(one));
            }
        }
        taken.forEach(one -> one.from().takeBack(one.batch(), why));
    }

    /**
     * Keeps batches, which count as submitted to {@code from} already, on the caller's thread; waits for room. Those whose
     * id is here already do not count any more.
     *
     * @return the ids that were new
     */
    List<BatchId> put(Books.Account from, List<Batch> batches, boolean remembered, Duration patience) {
        int rows = batches.stream().mapToInt(Batch::rows).sum();
        long cost = batches.stream().mapToLong(Books::cost).sum();
        try {
            List<BatchId> added = putWhenThereIsRoom(from, batches, remembered, patience);
            int known = batches.stream()
                    .filter(batch -> !added.contains(batch.id()))
                    .mapToInt(Batch::rows)
                    .sum();
            books.unspool(from, from, known);
            books.revoke(from, known, cost);
            return added;
        } catch (RuntimeException | Error e) {
            books.revoke(from, rows, cost);
            throw e;
        } finally {
            feed(from.table()).wake();
            feeds().forEach(Feed::wakeIfStarved);
            dispatcher.tell();
        }
    }

    /** Where the rows for a table are counted. */
    Books.Account account(String table) {
        return feed(table).account();
    }

    /** Tells {@code push} of the batch's end; false if another one is told already, or nobody is any more. */
    synchronized boolean watch(BatchId batch, SpoolPush push) {
        return !stopped && waiters.putIfAbsent(batch, push) == null;
    }

    synchronized void unwatch(BatchId batch, SpoolPush push) {
        boolean ignored = waiters.remove(batch, push);
    }

    /** The places of a batch's rows among those that were pushed. */
    IntUnaryOperator positions(Batch batch) {
        SpoolPush waiter = waiter(batch.id());
        return waiter == null ? row -> row : waiter.positions(batch.id());
    }

    /** Nothing of the batch is under way any more. */
    void ended(Delivery delivery) {
        SpoolPush waiter = waiter(delivery.batch().id());
        if (waiter != null) {
            unwatch(delivery.batch().id(), waiter);
            waiter.ended(delivery);
        }
        ends.incrementAndGet();
        feeds().forEach(Feed::wakeIfStarved);
    }

    /** Notes something in the spool, now if that is possible, otherwise as soon as it is, and one after the other. */
    void note(Runnable change) {
        notes.note(change);
    }

    /** Whether the spool does not know yet of everything that became of batches. */
    boolean isBehind() {
        return !notes.isEmpty();
    }

    /** The spool has failed, and is tried again later. */
    void fails(SpoolException e) {
        if (trouble == null) {
            LOG.error("The spool fails, and is tried again every {} until it works", RETRY, e);
        }
        trouble = e;
        work(RETRY);
    }

    /** As {@link #fails(SpoolException)}, of a spool that does not keep to its exceptions. */
    private void fails(Throwable e) {
        fails(e instanceof SpoolException own ? own : new SpoolException("the spool failed: " + e, e));
    }

    /** Sees to it that leases are renewed while there are any. */
    void beatSoon() {
        synchronized (this) {
            if (beating || stopped) {
                return;
            }
            beating = true;
        }
        dispatcher.alarm(BEAT, this::beat);
    }

    /** Loads nothing more, and lets those go who wait for the end of what is safe. */
    void stop() {
        List<SpoolPush> waiting;
        synchronized (this) {
            stopped = true;
            waiting = List.copyOf(waiters.values());
        }
        feeds().forEach(Feed::stop);
        dispatcher.tell();
        waiting.forEach(SpoolPush::expire);
    }

    /** Lets go of the spool. */
    void close() {
        try {
            notes.catchUp();
        } catch (SpoolException e) {
            LOG.error("The spool could not note what became of some batches; they will be sent again", e);
        }
        try {
            spool.close();
        } catch (RuntimeException e) {
            LOG.warn("The spool did not close well", e);
        }
    }

    private void arrive(Arrival arrival) {
        synchronized (this) {
            arrivals.add(arrival);
        }
        work(Duration.ZERO);
    }

    private List<BatchId> putWhenThereIsRoom(
            Books.Account from, List<Batch> batches, boolean remembered, Duration patience) {
        long until = dispatcher.timing().nanos() + patience.toNanos();
        while (true) {
            long seen = ends.get();
            try {
                return putNow(from, batches, remembered);
            } catch (SpoolException.Full e) {
                boolean more = awaitEnd(
                        seen, Duration.ofNanos(until - dispatcher.timing().nanos()));
                if (isStopped()) {
                    throw new ClosedException(
                            "this StreamClient was closed while the rows waited for room in the spool");
                } else if (!more) {
                    throw e;
                }
            }
        }
    }

    /** Rows count as the spool's while they are put, for they may come out of it at once. */
    private List<BatchId> putNow(Books.Account from, List<Batch> batches, boolean remembered) {
        int rows = batches.stream().mapToInt(Batch::rows).sum();
        books.spool(from, from, rows);
        try {
            return spool.put(batches, remembered);
        } catch (RuntimeException | Error e) {
            books.unspool(from, from, rows);
            throw e;
        }
    }

    private synchronized boolean isStopped() {
        return stopped;
    }

    /** Waits until another batch has left the spool. */
    private boolean awaitEnd(long seen, Duration atMost) {
        try {
            return !atMost.isNegative() && dispatcher.crew().await(() -> ends.get() != seen || isStopped(), atMost);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void work(Duration in) {
        synchronized (this) {
            if (busy) {
                return;
            }
            busy = true;
        }
        dispatcher.alarm(in, this::work);
    }

    private void work() {
        try {
            notes.catchUp();
            while (storeNext()) {
                // The next ones.
            }
            leave();
            trouble = null;
            dispatcher.tell();
        } catch (RuntimeException | Error e) {
            leave();
            fails(e);
        }
        if (hasWork() && trouble == null) {
            work(Duration.ZERO);
        }
    }

    /** Stores what has arrived, in one step; false if there was nothing. */
    private boolean storeNext() {
        List<Arrival> step;
        synchronized (storing) {
            step = step();
            if (!step.isEmpty()) {
                step = storeWhatFits(step);
            }
        }
        for (Arrival one : step) {
            if (one.refused() == null) {
                feed(one.table()).wake();
                one.from().stored(one.batch());
            } else {
                dispatcher.settle(one.refused());
            }
        }
        dispatcher.tell();
        feeds().forEach(Feed::wakeIfStarved);
        return !step.isEmpty();
    }

    /** What is too much together may fit one by one. */
    private List<Arrival> storeWhatFits(List<Arrival> step) {
        try {
            store(step);
            return step;
        } catch (SpoolException.Full e) {
            if (step.size() == 1) {
                throw e;
            }
            List<Arrival> first = step.subList(0, 1);
            store(first);
            return first;
        }
    }

    /** Rows are in the books of the spool before they can come out of it. */
    private void store(List<Arrival> step) {
        if (step.get(0).refused() != null) {
            takeOut(step);
            return;
        }
        step.forEach(one -> books.spool(
                one.from().account(), account(one.table()), one.batch().rows()));
        try {
            List<BatchId> ignored = spool.put(step.stream().map(Arrival::batch).toList(), false);
        } catch (RuntimeException | Error e) {
            step.forEach(one -> books.unspool(
                    one.from().account(), account(one.table()), one.batch().rows()));
            throw e;
        }
        step.stream()
                .filter(one -> !feed(one.table()).keep(one.batch()))
                .forEach(one -> books.unload(one.from().account(), Books.cost(one.batch())));
        takeOut(step);
    }

    private synchronized void takeOut(List<Arrival> step) {
        step.forEach(one -> arrivals.remove());
    }

    private synchronized List<Arrival> step() {
        List<Arrival> step = new ArrayList<>();
        long bytes = 0;
        for (Arrival one : arrivals) {
            if (one.refused() != null) {
                return step.isEmpty() ? List.of(one) : step;
            }
            if (!step.isEmpty() && bytes + one.batch().bytes() > STEP_BYTES) {
                break;
            }
            step.add(one);
            bytes += one.batch().bytes();
        }
        return step;
    }

    private void beat() {
        synchronized (this) {
            beating = false;
        }
        List<Feed> all = feeds();
        try {
            // An end that is noted late must not find its lease taken back: a letter would be lost, and its rows sent
            // again.
            notes.catchUp();
            spool.renew(all.stream().flatMap(feed -> feed.leases().stream()).toList());
            for (Spool.Lease lost : spool.reclaim()) {
                all.forEach(feed -> feed.lost(lost));
            }
        } catch (RuntimeException e) {
            fails(e);
        }
        all.forEach(Feed::wakeIfStarved);
        if (all.stream().anyMatch(feed -> !feed.isEmpty() || feed.isStarved())) {
            beatSoon();
        }
    }

    private synchronized Feed feed(String table) {
        return feeds.computeIfAbsent(table, name -> new Feed(this, dispatcher, terms, books, name, most));
    }

    private synchronized List<Feed> feeds() {
        return List.copyOf(feeds.values());
    }

    private synchronized @Nullable SpoolPush waiter(BatchId batch) {
        return waiters.get(batch);
    }

    private synchronized void leave() {
        busy = false;
    }

    private synchronized boolean hasWork() {
        return !arrivals.isEmpty() || !notes.isEmpty();
    }
}
