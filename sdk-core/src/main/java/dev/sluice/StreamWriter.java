package dev.sluice;

import dev.sluice.batch.Batch;
import dev.sluice.batch.BatchId;
import dev.sluice.batch.BatchPolicy;
import dev.sluice.batch.Batcher;
import dev.sluice.batch.RowBuffer;
import dev.sluice.receipt.RowStatus;
import dev.sluice.row.Destination;
import dev.sluice.row.InvalidRowException;
import dev.sluice.row.JsonWriter;
import dev.sluice.row.Row;
import dev.sluice.row.RowMapper;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Takes rows one by one and pushes them in batches: a batch leaves when it is full, or when its oldest row has waited
 * for {@link Builder#linger}.
 *
 * <p>No row is dropped. A row that was taken in is settled in the end (written, superseded by a later row of its batch
 * with the same merge key, or taken by the dead-letter hook) or it is held: kept here and handed over by
 * {@link #takeHeld} or by the report of {@link #close(Duration)}. Where there is a dead-letter hook, rows go there when
 * attempts or time run out. Where there is none they are tried until they succeed, for nobody else has them. A key that
 * is refused is waited for without a limit if it may be replaced.
 *
 * <p>Without a {@link StreamClient.Builder#spool} rows are in memory only: what is not settled when the process dies is
 * lost with it. With one, a row is safe as soon as its batch is in the spool: its future completes then, with
 * {@link RowStatus#SPOOLED}, and this writer's part is done. A crash loses the rows whose futures had not completed, and
 * no others. What becomes of spooled rows is told by the client's ledger and listeners.
 *
 * <p>Safe for use by several threads. A row is encoded by the thread that writes it, so its object may be changed
 * afterwards. Many writers to one table share its turns and its part of the memory.
 */
public final class StreamWriter implements AutoCloseable {
    private final Destination destination;
    private final RowMapper mapper;
    private final Duration linger;
    private final Duration maxBlock;
    private final Dispatcher dispatcher;
    private final Books books;
    private final Books.Account account;
    private final Closing closing;
    private final Admission admission;
    private final Outbox outbox;
    private final Scratch scratch = new Scratch();
    private final AtomicLong handedIn = new AtomicLong();
    private final BatchId id = BatchId.random();
    private final Runnable alarm = this::linger;
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by the lock.
    private final OpenBatch open;
    private long openedAt;
    private boolean alarmed;
    private int batches;

    /** Set under the lock, and seen before it to say no sooner. */
    private volatile boolean sealed;

    private StreamWriter(Builder builder) {
        this.destination = builder.destination;
        this.mapper = builder.engine.settings().mapper();
        this.linger = builder.linger;
        this.maxBlock = builder.maxBlock;
        this.dispatcher = builder.engine.dispatcher();
        this.books = builder.engine.books();
        this.closing = builder.engine.closing();
        this.admission = builder.engine.admission();
        this.account = books.open(destination.table());
        this.outbox =
                new Outbox(builder.engine, account, builder.engine.settings().buffered(builder.unknown));
        this.open = new OpenBatch(builder.policy);
    }

    /**
     * Takes a row in. Blocks while there is no room for it, up to {@link Builder#maxBlock}.
     *
     * @return completes when the row is settled; fails with a {@link PushException} when it is given up and held. What
     *     depends on it runs on the delivering thread unless it is told otherwise
     * @throws InvalidRowException if the row cannot be sent, named by its number among the rows written here; a row of
     *     a merge without its key goes to the dead letters instead where there is a hook
     * @throws BufferFullException if there is no room in time, or the thread was interrupted, whose flag is kept; the
     *     row was not taken in
     * @throws dev.sluice.spool.SpoolException if the client's spool has failed and does not work again in time; the row
     *     was not taken in, and those before it that are not safe yet are still here and tried on
     * @throws ClosedException if the writer or its client was closed, or the API's answers showed that no row can be
     *     written; the row was not taken in
     */
    public CompletableFuture<RowStatus> write(Object row) {
        CompletableFuture<RowStatus> future = new CompletableFuture<>();
        boolean ignored = take(row, future, maxBlock);
        return future;
    }

    /**
     * Takes a row in if there is room for it now; never blocks.
     *
     * @return false if there is no room: the row was not taken in
     * @throws InvalidRowException as {@link #write}
     * @throws ClosedException as {@link #write}
     */
    public boolean offer(Object row) {
        return take(row, null, null);
    }

    /**
     * Sends what was collected, and waits until every row that was written before is settled, by whichever thread; with
     * a spool, until they are all safe there.
     *
     * @return where all rows of this writer are; rows written meanwhile may be pending
     * @throws FlushTimeoutException if they are not all settled in time, or the thread was interrupted, whose flag is
     *     kept; their delivery goes on
     * @throws PushException if rows of this writer are held, saying why the first of them is
     * @throws IllegalStateException if called by a hook, a listener or a future's callback, which it would wait for
     */
    public Ledger flush(Duration atMost) {
        Durations.notNegative("atMost", atMost);
        closing.checkThread();
        cutNow();
        List<Outbox.Sent> sent = outbox.outstanding();
        if (!closing.ends(() -> sent.stream().allMatch(Outbox.Sent::isDone), atMost)) {
            long open = sent.stream().filter(one -> !one.isDone()).count();
            throw new FlushTimeoutException(
                    (Thread.currentThread().isInterrupted() ? "interrupted while waiting: " : "") + open + " of "
                            + sent.size() + " batches for " + destination.table()
                            + " were not settled within " + atMost + " and are still tried; the API is "
                            + dispatcher.health() + admission.spoolTrouble() + ". " + ledger());
        }
        outbox.firstHeld().ifPresent(held -> {
            throw held.cause();
        });
        return ledger();
    }

    /** Where all rows are that were ever written here; those that a spool has are counted by the client alone. */
    public Ledger ledger() {
        return books.ledger(account);
    }

    /**
     * Hands over the rows that were given up, and forgets them: they are the caller's from now on, and their memory is
     * free. {@link StreamClient#push(Batch)} tries one again under its own id.
     */
    public List<Held> takeHeld() {
        return outbox.takeHeld();
    }

    /**
     * Ends the writer: takes no more rows, sends what was collected, and waits for the end of every batch. What has not
     * come to its end in time is cut off; one second later at the latest, whatever still runs is given up too. Closing
     * twice is harmless. If the thread is interrupted, the time is over.
     *
     * @return what became of all rows, and those that are left
     * @throws IllegalStateException if called by a hook, a listener or a future's callback, which it would wait for
     */
    public CloseReport close(Duration atMost) {
        Durations.notNegative("atMost", atMost);
        closing.checkThread();
        seal();
        if (!closing.ends(this::isDrained, atMost)) {
            outbox.giveUp("the writer was closed");
            if (!closing.cutOffEnds(this::isDrained)) {
                dispatcher.abandon(outbox, "the writer was closed while an attempt was under way: rows may be written");
            }
        }
        CloseReport report = new CloseReport(ledger(), outbox.takeHeld());
        closing.forget(this);
        books.close(account);
        return report;
    }

    /**
     * As {@link #close(Duration)}, with {@value StreamClient#CLOSE_SECONDS} seconds.
     *
     * @throws UndeliveredException if rows are left
     */
    @Override
    public void close() {
        UndeliveredException.throwIfLeft(close(Duration.ofSeconds(StreamClient.CLOSE_SECONDS)));
    }

    /** Takes no more rows, and sends what was collected. */
    void seal() {
        lock.lock();
        try {
            sealed = true;
            cut();
            dispatcher.cancel(alarm);
        } finally {
            lock.unlock();
        }
    }

    private boolean take(Object value, @Nullable CompletableFuture<RowStatus> future, @Nullable Duration patience) {
        checkTaking();
        if (!admission.awaitSpool(patience)) {
            return false;
        }
        JsonWriter json = scratch.take();
        try {
            int number = (int) Math.min(Integer.MAX_VALUE, handedIn.getAndIncrement());
            Optional<String> key = encode(value, json, number);
            Optional<InvalidRowException> problem = problem(key, number);
            long cost = Books.cost(json.size());
            boolean in = admit(cost, patience);
            if (in && problem.isPresent()) {
                refuse(json, problem.get(), future, cost);
            } else if (in) {
                add(json, key.orElse(null), future, cost);
            }
            return in;
        } finally {
            scratch.give(json);
        }
    }

    private void checkTaking() {
        if (sealed) {
            throw closed();
        }
        Optional<PushException> stopped = outbox.stopped();
        if (stopped.isPresent()) {
            throw new ClosedException("this StreamWriter has stopped, for no row can be written: "
                    + stopped.get().getMessage());
        }
    }

    /** Encodes the row; the result is its key, if it goes by one. */
    private Optional<String> encode(Object value, JsonWriter json, int number) {
        try {
            mapper.write(value, json);
            Batcher.checkLength(json.size());
            return destination.key().flatMap(key -> Row.key(json, 0, key));
        } catch (InvalidRowException e) {
            throw e.inRow(number);
        }
    }

    /** A row of a merge without its key: the API would refuse the whole batch for it. */
    private Optional<InvalidRowException> problem(Optional<String> key, int number) {
        if (key.isPresent() || destination.key().isEmpty()) {
            return Optional.empty();
        }
        InvalidRowException problem = PushPlan.missing(destination.key().get()).inRow(number);
        if (!outbox.terms().hasHook()) {
            throw problem;
        }
        return Optional.of(problem);
    }

    /** Sends a row to the dead letters by itself. */
    private void refuse(
            JsonWriter json, InvalidRowException problem, @Nullable CompletableFuture<RowStatus> future, long cost) {
        RowBuffer alone = new RowBuffer();
        alone.json().append(json);
        alone.endRow();
        lock.lock();
        try {
            checkUnsealed(cost);
            Outbox.Sent sent = new Outbox.Sent(Collections.singletonList(future), List.of());
            outbox.refuse(alone.toBatch(nextId(), destination), sent, problem);
        } finally {
            lock.unlock();
        }
    }

    private boolean admit(long cost, @Nullable Duration patience) {
        closing.checkOpen();
        if (books.admit(account, 1, cost)) {
            return true;
        }
        // What takes the room may be what was collected here.
        cutNow();
        if (patience == null) {
            return books.admit(account, 1, cost);
        }
        admission.admit(account, 1, cost, patience);
        return true;
    }

    private void add(JsonWriter json, @Nullable String key, @Nullable CompletableFuture<RowStatus> future, long cost) {
        lock.lock();
        try {
            checkUnsealed(cost);
            if (!open.fits(json.size())) {
                cut();
            }
            if (open.isEmpty()) {
                openedAt = dispatcher.timing().nanos();
            }
            open.add(json, key, future);
            if (open.isFull()) {
                cut();
            } else {
                arm(linger);
            }
        } finally {
            lock.unlock();
        }
    }

    /** The writer may have been closed after the row was let in. The lock is held. */
    private void checkUnsealed(long cost) {
        if (sealed) {
            admission.revoke(account, 1, cost);
            throw closed();
        }
    }

    private static ClosedException closed() {
        return new ClosedException("this StreamWriter is closed; the row was not taken in");
    }

    private void cutNow() {
        lock.lock();
        try {
            cut();
        } finally {
            lock.unlock();
        }
    }

    private void cut() {
        if (open.isEmpty()) {
            return;
        }
        List<@Nullable CompletableFuture<RowStatus>> futures = open.takeFutures();
        OpenBatch.Superseded superseded = open.takeSuperseded();
        if (superseded.rows() > 0) {
            books.superseded(account, superseded.rows(), superseded.cost());
            dispatcher.tell();
        }
        outbox.send(open.take(nextId(), destination), new Outbox.Sent(futures, superseded.futures()));
    }

    private BatchId nextId() {
        return id.part(batches++);
    }

    private void arm(Duration in) {
        if (!alarmed) {
            alarmed = true;
            dispatcher.alarm(in, alarm);
        }
    }

    /** One alarm serves all batches: if it was set for one that has left, it is set again for the one that is open. */
    private void linger() {
        lock.lock();
        try {
            alarmed = false;
            Duration left = linger.minusNanos(dispatcher.timing().nanos() - openedAt);
            if (open.isEmpty()) {
                return;
            }
            if (left.isZero() || left.isNegative()) {
                cut();
            } else {
                arm(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether every batch has ended, and no row is between being let in and being collected. */
    private boolean isDrained() {
        return outbox.isEmpty() && ledger().pending() == 0;
    }

    /** How a writer collects rows. */
    public static final class Builder {
        private final Destination destination;
        private final Engine engine;
        private BatchPolicy policy;
        private Duration linger = Duration.ofSeconds(1);
        private Duration maxBlock;
        private @Nullable UnknownPolicy unknown;

        Builder(Destination destination, Engine engine) {
            this.destination = destination;
            this.engine = engine;
            this.policy = engine.settings().batches();
            this.maxBlock = engine.settings().maxBlock();
        }

        /** When a batch is full; as the client says unless set. */
        public Builder batches(BatchPolicy atMost) {
            this.policy = Objects.requireNonNull(atMost, "batches");
            return this;
        }

        /** How long a row waits for others to fill its batch; 1 second unless set, zero to send as soon as may be. */
        public Builder linger(Duration atMost) {
            this.linger = Durations.notNegative("linger", atMost);
            return this;
        }

        /** How long {@link #write} waits for room in memory; as the client says unless set. */
        public Builder maxBlock(Duration atMost) {
            this.maxBlock = Durations.notNegative("maxBlock", atMost);
            return this;
        }

        /**
         * What to do when no readable answer comes; as the client says unless set.
         *
         * @throws IllegalArgumentException if the client has a spool, which keeps to what the client says
         */
        public Builder onUnknown(UnknownPolicy policy) {
            Settings.checkNoSpool("a writer", policy, engine.depot());
            this.unknown = Objects.requireNonNull(policy, "onUnknown");
            return this;
        }

        /**
         * The writer, which is to be closed before its client.
         *
         * @throws IllegalArgumentException if settings exclude each other
         * @throws ClosedException if the client is closed
         */
        public StreamWriter open() {
            engine.closing().checkOpen();
            StreamWriter writer = new StreamWriter(this);
            engine.closing().watch(writer);
            return writer;
        }
    }
}
