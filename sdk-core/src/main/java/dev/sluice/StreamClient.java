package dev.sluice;

import dev.sluice.batch.Batch;
import dev.sluice.batch.BatchPolicy;
import dev.sluice.receipt.DeadLetters;
import dev.sluice.receipt.Receipt;
import dev.sluice.row.Destination;
import dev.sluice.row.InvalidRowException;
import dev.sluice.row.RowMapper;
import dev.sluice.spool.Spool;
import dev.sluice.transport.ApiKey;
import dev.sluice.transport.StreamApi;
import dev.sluice.transport.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Pushes rows to the Stream API and says exactly what became of them.
 *
 * <p>The rule of every push: it returns when each row is settled, which is written, superseded by a later row of the
 * same merge key, or taken by the dead-letter hook. Otherwise it throws, and the rows that the exception's receipt
 * counts as undelivered are still the caller's. There is no third way, and no row is dropped. A {@link #writer} keeps the
 * same rule for rows that come one by one. With a {@link Builder#spool} a row is settled for its caller as soon as the spool
 * has it.
 *
 * <p>Delivery is at least once: a batch whose answer was lost is sent again under the same id, which a receiver that
 * honours ids takes once and any other writes twice (in append mode); {@link UnknownPolicy} knows other ways.
 *
 * <p>Safe for use by several threads; make one and keep it. Requests are made by daemon threads of the client's own,
 * at most 64 at once, which come when there is work and go 10 seconds after the last. Tables take turns and do not wait
 * for each other: of each, up to {@link Builder#maxInFlight} appended batches are under way at once, but one merged
 * batch alone, so that the rows of a key arrive in their order.
 */
public final class StreamClient implements AutoCloseable {
    /** How long {@link #close()} lets what was taken in come to its end: {@value} seconds. */
    public static final int CLOSE_SECONDS = 30;

    private final Engine engine;
    private final Pushes pushes;

    private StreamClient(Builder builder) {
        this.engine =
                Engine.of(builder.settings(), builder.openTransport(), builder.spool, builder.maxMemory, builder.crew);
        this.pushes = new Pushes(engine);
        builder.closeOnShutdown.ifPresent(engine.closing()::onShutdown);
    }

    /** A builder with the defaults that its methods tell. */
    public static Builder builder() {
        return new Builder();
    }

    /** Adds rows to a table: {@code push(PushRequest.append(table).rows(rows))}. */
    public Receipt push(String table, Iterable<?> rows) {
        return push(PushRequest.append(table).rows(rows));
    }

    /**
     * Delivers the rows, in batches, and blocks until each is settled.
     *
     * <p>All rows are encoded and checked before the first is sent, so their JSON is in memory at once; changing the
     * objects afterwards changes nothing. The batches of a merge arrive in their order; those of an append may overtake
     * each other. How long it blocks is bounded by {@link RetryPolicy#deadline()} for each batch, not for the whole.
     *
     * <p>With a spool the rows are put there first, all or none. Then it waits for their delivery, for the deadline at most
     * and no longer than until an interrupt, and says {@link Receipt.Status#SPOOLED} of what is not delivered by then.
     *
     * @throws dev.sluice.row.InvalidRowException if a row cannot be sent; nothing was sent. A row of a merge without its
     *     key goes to the dead letters instead, by itself, where there is a hook
     * @throws BufferFullException if the client has no room for the rows within {@link Builder#maxBlock}; nothing was
     *     sent
     * @throws dev.sluice.spool.SpoolException if the spool cannot take the rows; nothing was sent or kept
     * @throws PushException if rows are left with the caller
     * @throws ClosedException if the client was closed before; nothing was sent
     * @throws IllegalStateException if called by a hook or listener for the table that it was called for
     */
    public Receipt push(PushRequest request) {
        return pushes.push(request);
    }

    /**
     * Delivers a batch as it is, under its own id, for callers that keep the rows and can bring the batch again. Rows
     * the API refuses become dead letters; when attempts or time run out nothing does, for the caller has the rows.
     *
     * @throws BufferFullException if the client has no room for the rows within {@link Builder#maxBlock}; nothing was
     *     sent
     * @throws PushException if rows are left with the caller
     * @throws ClosedException if the client was closed before; nothing was sent
     */
    public Receipt push(Batch batch) {
        return pushes.push(batch);
    }

    /**
     * Delivers the rows as {@link #push(PushRequest)} does, without waiting for the end. The future completes with the
     * receipt or with a {@link PushException}; what depends on it runs on the delivering thread unless it is told
     * otherwise. Cancelling the future stops nothing. What fails before anything was sent is thrown here, as by push:
     * rows that cannot be sent, no room within {@link Builder#maxBlock}, a client that is closed, a spool that cannot take
     * the rows, whose disk it waits for.
     */
    public CompletableFuture<Receipt> pushAsync(PushRequest request) {
        return pushes.pushAsync(request);
    }

    /** A writer that appends single rows to a table named {@code schema.table}, in batches. */
    public StreamWriter.Builder writer(String table) {
        return writer(Destination.append(table));
    }

    /** A writer of single rows, in batches. */
    public StreamWriter.Builder writer(Destination destination) {
        return new StreamWriter.Builder(destination, engine);
    }

    /** The spool that rows go by; empty unless the client was given one. */
    public Optional<ClientSpool> spool() {
        return Optional.ofNullable(engine.depot()).map(depot -> new ClientSpool(pushes, depot));
    }

    /**
     * Waits until nothing is pending, so that every row taken in so far is written, a dead letter or held: with a spool,
     * also what it had before. Takes rows in meanwhile. If the thread is interrupted, the time is over.
     *
     * @return where all rows are; what is pending was not done in time
     * @throws IllegalStateException if called by a hook or listener, whose own thread would be waited for
     */
    public Ledger drain(Duration atMost) {
        return engine.closing().drain(atMost);
    }

    /**
     * Looks for rows that {@link #push} would refuse, without sending anything: what cannot be encoded, breaks a limit
     * of the API, or lacks the key of its merge. Each row is named once, by its first problem.
     */
    public List<InvalidRowException> validate(PushRequest request) {
        return PushPlan.problems(request, engine.settings().mapper());
    }

    /** Where all rows are that were ever handed to this client; every batch moves in one step. */
    public Ledger ledger() {
        return engine.books().ledger();
    }

    /** Where the rows for one table are. */
    public Ledger ledger(String table) {
        return engine.books().ledger(table);
    }

    /** The bytes of JSON in memory, and what goes with them: at most {@link Builder#maxMemory}. */
    public long pendingBytes() {
        return engine.books().bytes();
    }

    /** How many appended batches of a table may be under way at once, as {@link Builder#maxInFlight} was set. */
    public int maxInFlight() {
        return engine.settings().maxInFlight();
    }

    /** How the API answered the latest attempt. */
    public Health health() {
        return engine.dispatcher().health();
    }

    /**
     * Ends the client: nothing more is taken in, and what was taken in has until {@code atMost} to come to its end.
     * Then waits end, running requests are cut off, and pushes that someone waits for throw {@link PushException.Aborted}
     * or one of its fellows; one second later at the latest, whatever still runs is given up too. Zero cuts off at once.
     * Listeners and futures' callbacks of what is cut off run on the closing thread, and {@link Transport#close} too: one
     * that blocks holds up the end.
     *
     * <p>Closing twice is harmless; a second call may shorten what the first one waits for. If the thread is
     * interrupted, the time is over.
     *
     * @return what became of all rows
     * @throws IllegalStateException if called by a hook or listener, whose own thread would be waited for
     */
    public CloseReport close(Duration atMost) {
        return engine.closing().close(atMost);
    }

    /**
     * Takes nothing more in and cuts off what is under way, without waiting for it (but for a write to the spool): pushes end with
     * {@link PushException.Aborted} or one of its fellows, and writers hold what they have. May be called by a hook or a
     * listener. {@link #close(Duration)} is due all the same.
     */
    public void abort() {
        engine.closing().abort();
    }

    /**
     * As {@link #close(Duration)}, with {@value #CLOSE_SECONDS} seconds.
     *
     * @throws UndeliveredException if rows are left that no one else was told of
     */
    @Override
    public void close() {
        UndeliveredException.throwIfLeft(close(Duration.ofSeconds(CLOSE_SECONDS)));
    }

    /** How a client reaches the API and what it does when that fails. */
    public static final class Builder {
        private @Nullable String baseUrl;
        private @Nullable Supplier<ApiKey> apiKey;
        private @Nullable Transport transport;
        private BatchPolicy batches = BatchPolicy.DEFAULT;
        private RetryPolicy retries = RetryPolicy.DEFAULT;
        private UnknownPolicy unknown = UnknownPolicy.RETRY;
        private @Nullable RateLimit rateLimit;
        private @Nullable RateLimit tableRateLimit;
        private RateLimit retryBudget = new RateLimit(100, Duration.ofSeconds(10));
        private @Nullable RateLimit tableRetryBudget;
        private @Nullable CircuitBreaker breaker;
        private @Nullable CircuitBreaker tableBreaker;
        private int maxInFlight = 4;
        private long maxMemory = Books.defaultMaxBytes();
        private Duration maxBlock = Duration.ofSeconds(30);
        private @Nullable DeadLetters deadLetters;
        private final List<PushListener> listeners = new ArrayList<>();
        private @Nullable Spool spool;
        private RowMapper mapper = RowMapper.standard();
        private Timing timing = Timing.system();
        private Crew.Maker crew = Threads::new;
        private Optional<Duration> closeOnShutdown = Optional.empty();

        private Builder() {}

        /** The Stream API's address, without {@code /v2/stream}; required unless there is a {@link #transport}. */
        public Builder baseUrl(String url) {
            this.baseUrl = url;
            return this;
        }

        /** The key, or a supplier that is asked before each request; required unless there is a {@link #transport}. */
        public Builder apiKey(Supplier<ApiKey> key) {
            this.apiKey = key;
            return this;
        }

        /** Another way to deliver, or a {@link StreamApi} with settings of its own; the client closes it. */
        public Builder transport(Transport transport) {
            this.transport = transport;
            return this;
        }

        /** How much goes into one request; {@link BatchPolicy#DEFAULT} unless set. */
        public Builder batches(BatchPolicy policy) {
            this.batches = Objects.requireNonNull(policy, "batches");
            return this;
        }

        /** How often and how long a batch is tried; {@link RetryPolicy#DEFAULT} unless set. */
        public Builder retries(RetryPolicy policy) {
            this.retries = Objects.requireNonNull(policy, "retries");
            return this;
        }

        /** What to do when no readable answer comes; {@link UnknownPolicy#RETRY} unless set here or for a push. */
        public Builder onUnknown(UnknownPolicy policy) {
            this.unknown = Objects.requireNonNull(policy, "onUnknown");
            return this;
        }

        /** The most requests in a period, over all tables; no limit unless set. */
        public Builder rateLimit(RateLimit limit) {
            this.rateLimit = limit;
            return this;
        }

        /** The most requests in a period for each table; no limit unless set. */
        public Builder tableRateLimit(RateLimit limit) {
            this.tableRateLimit = limit;
            return this;
        }

        /**
         * The most attempts in a period that follow a failed one, over all tables, so that a server in trouble is not
         * kept there; later ones wait. 100 per 10 s unless set.
         */
        public Builder retryBudget(RateLimit budget) {
            this.retryBudget = Objects.requireNonNull(budget, "retryBudget");
            return this;
        }

        /** As {@link #retryBudget}, for each table; only the client's own unless set. */
        public Builder tableRetryBudget(RateLimit budget) {
            this.tableRetryBudget = budget;
            return this;
        }

        /** When to stop asking for a while, for all tables; never unless set. */
        public Builder circuitBreaker(CircuitBreaker settings) {
            this.breaker = settings;
            return this;
        }

        /** When to stop asking for a while, for each table by itself; never unless set. */
        public Builder tableCircuitBreaker(CircuitBreaker settings) {
            this.tableBreaker = settings;
            return this;
        }

        /** How many appended batches of a table may be under way at once, 1 to 16; 4 unless set. Merges go alone. */
        public Builder maxInFlight(int batches) {
            if (batches < 1 || batches > 16) {
                throw new IllegalArgumentException("maxInFlight must be 1 to 16, found " + batches);
            }
            this.maxInFlight = batches;
            return this;
        }

        /**
         * The most bytes that rows may take in memory, as JSON and with 48 bytes for each row: waiting, on their way,
         * waiting for a retry, or held. One table takes at most half. At least 1,000; the lesser of 64,000,000 and a
         * quarter of the heap unless set. A single batch that is larger goes when there is nothing else. Not in it is
         * what a push encodes before it asks for room: up to half of it for each thread that waits in a push.
         */
        public Builder maxMemory(long bytes) {
            if (bytes < 1_000) {
                throw new IllegalArgumentException("maxMemory must be at least 1000 bytes, found " + bytes);
            }
            this.maxMemory = bytes;
            return this;
        }

        /** How long a push waits for room in memory before it throws; 30 seconds unless set, zero for not at all. */
        public Builder maxBlock(Duration atMost) {
            this.maxBlock = Durations.notNegative("maxBlock", atMost);
            return this;
        }

        /** Takes rows that cannot be delivered; without it they stay with the caller, in an exception. */
        public Builder deadLetters(DeadLetters hook) {
            this.deadLetters = hook;
            return this;
        }

        /**
         * Keeps rows safe from a crash on their way; none unless set. The client goes on with what it finds there, and
         * closes it. All rows go by it: a batch is in the spool before the first byte of it is sent, and is tried until it
         * is written or a dead letter, however long that takes and however often the program is started for it. What no
         * other hook takes, or fails to take, is kept among {@link Spool#deadLetters() its dead letters}. A table whose
         * rows nobody can write now, such as for a wrong address, is tried again every 5 minutes.
         */
        public Builder spool(Spool spool) {
            this.spool = spool;
            return this;
        }

        /** Hears of requests, retries and outcomes, beside the listeners that were given before. */
        public Builder listener(PushListener listener) {
            this.listeners.add(Objects.requireNonNull(listener, "listener"));
            return this;
        }

        /** Encodes rows; {@link RowMapper#standard()} unless set. */
        public Builder rowMapper(RowMapper mapper) {
            this.mapper = Objects.requireNonNull(mapper, "rowMapper");
            return this;
        }

        /** What time it is; {@link Timing#system()} unless set, which only tests have a reason to do. */
        public Builder timing(Timing timing) {
            this.timing = Objects.requireNonNull(timing, "timing");
            return this;
        }

        /**
         * Closes the client when the JVM shuts down, within the time given, and logs what is left; not done unless set.
         * Closing the client earlier takes the shutdown hook away again.
         */
        public Builder closeOnShutdown(Duration atMost) {
            this.closeOnShutdown = Optional.of(Durations.notNegative("closeOnShutdown", atMost));
            return this;
        }

        /** For tests: does the work on the caller's thread. */
        Builder crew(Crew.Maker crew) {
            this.crew = crew;
            return this;
        }

        /**
         * The client, open.
         *
         * @throws IllegalArgumentException if settings are missing, wrong or exclude each other
         */
        public StreamClient build() {
            return new StreamClient(this);
        }

        private Settings settings() {
            DeadLetters hook = deadLetters == null && spool != null ? spool.deadLetters() : deadLetters;
            Settings.checkHook(unknown, hook);
            if (spool != null && unknown == UnknownPolicy.HOLD) {
                throw new IllegalArgumentException(
                        "onUnknown HOLD excludes a spool, which has nobody to hand the rows to:"
                                + " choose RETRY, or DEAD_LETTER and replay the letters");
            }
            RateLimit.checkWithin("tableRateLimit", tableRateLimit, "rateLimit", rateLimit);
            RateLimit.checkWithin("tableRetryBudget", tableRetryBudget, "retryBudget", retryBudget);
            return new Settings(
                    timing,
                    new Listeners(listeners),
                    mapper,
                    batches,
                    retries,
                    unknown,
                    hook,
                    new Gate.Settings(rateLimit, retryBudget, breaker),
                    new Gate.Settings(tableRateLimit, tableRetryBudget, tableBreaker),
                    maxInFlight,
                    maxBlock);
        }

        private Transport openTransport() {
            if (transport == null) {
                return api(baseUrl, apiKey);
            }
            if (baseUrl != null || apiKey != null) {
                throw new IllegalArgumentException("transport excludes baseUrl and apiKey, found "
                        + (baseUrl == null ? "an apiKey" : "a baseUrl")
                        + " beside it: give address and key to the transport");
            }
            return transport;
        }

        private static Transport api(@Nullable String baseUrl, @Nullable Supplier<ApiKey> apiKey) {
            if (baseUrl == null || apiKey == null) {
                throw new IllegalArgumentException("StreamClient needs a baseUrl and an apiKey, or a transport; "
                        + (baseUrl == null ? "baseUrl" : "apiKey") + " is missing");
            }
            return StreamApi.builder().baseUrl(baseUrl).apiKey(apiKey).build();
        }
    }
}
