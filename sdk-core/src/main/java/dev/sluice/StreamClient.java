package dev.sluice;

import dev.sluice.batch.Batch;
import dev.sluice.batch.BatchPolicy;
import dev.sluice.receipt.DeadLetters;
import dev.sluice.receipt.Receipt;
import dev.sluice.row.RowMapper;
import dev.sluice.transport.ApiKey;
import dev.sluice.transport.StreamApi;
import dev.sluice.transport.Transport;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Pushes rows to the Stream API and says exactly what became of them.
 *
 * <p>The rule of every push: it returns when each row is settled, which is written, superseded by a later row of the
 * same merge key, or taken by the dead-letter hook. Otherwise it throws, and the rows that the exception's receipt
 * counts as undelivered are still the caller's. There is no third way, and no row is dropped.
 *
 * <p>Delivery is at least once: a batch whose answer was lost is sent again under the same id, which a receiver that
 * honours ids takes once and any other writes twice (in append mode).
 *
 * <p>Safe for use by several threads; make one and keep it. A push runs on its caller's thread.
 */
public final class StreamClient implements AutoCloseable {
    private final Engine engine;
    private final CountDownLatch closed;
    private final BatchPolicy batches;
    private final RowMapper mapper;
    private final @Nullable DeadLetters deadLetters;

    private StreamClient(Builder builder) {
        this.closed = new CountDownLatch(1);
        this.batches = builder.batches;
        this.mapper = builder.mapper;
        this.deadLetters = builder.deadLetters;
        this.engine = new Engine(
                builder.openTransport(),
                builder.retries,
                new RateGate(builder.rateLimit),
                builder.timing == null ? Timing.system(closed) : builder.timing,
                RandomGenerator.getDefault(),
                builder.listener,
                () -> closed.getCount() == 0);
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
     * Delivers the rows, in batches, in their order, and blocks until each is settled.
     *
     * <p>All rows are encoded and checked before the first is sent, so their JSON is in memory at once; changing the
     * objects afterwards changes nothing. How long it blocks is bounded by {@link RetryPolicy#deadline()} for each
     * request, not for the whole.
     *
     * @throws dev.sluice.row.InvalidRowException if a row cannot be sent; nothing was sent
     * @throws PushException if rows are left with the caller
     * @throws ClosedException if the client was closed before; nothing was sent
     */
    public Receipt push(PushRequest request) {
        checkOpen();
        PushPlan plan = PushPlan.of(request, mapper, batches);
        Delivery delivery = new Delivery(engine, deadLetters, true);
        int start = 0;
        for (Batch batch : plan.batches()) {
            delivery.deliver(batch, plan.positions(start));
            start += batch.rows();
        }
        String table = request.destination().table();
        return outcome(delivery, new Receipt(table, plan.submitted(), plan.superseded(), delivery.parts()));
    }

    /**
     * Delivers a batch as it is, under its own id, for callers that keep the rows and can bring the batch again. Rows
     * the API refuses become dead letters; when attempts or time run out nothing does, for the caller has the rows.
     *
     * @throws PushException if rows are left with the caller
     * @throws ClosedException if the client was closed before; nothing was sent
     */
    public Receipt push(Batch batch) {
        checkOpen();
        Delivery delivery = new Delivery(engine, deadLetters, false);
        delivery.deliver(batch, row -> row);
        return outcome(delivery, new Receipt(batch.destination().table(), batch.rows(), 0, delivery.parts()));
    }

    /**
     * Ends the client: pushes that wait for their next attempt end at once, running requests are cut off, and both
     * throw {@link PushException.Aborted} or one of its fellows. Closing twice is harmless.
     */
    @Override
    public void close() {
        closed.countDown();
        engine.transport().close();
    }

    private void checkOpen() {
        if (closed.getCount() == 0) {
            throw new ClosedException("this StreamClient is closed; nothing was sent");
        }
    }

    private static Receipt outcome(Delivery delivery, Receipt receipt) {
        Delivery.Problem problem = delivery.problem();
        if (problem == null) {
            return receipt;
        }
        PushException failure = Failures.of(problem, receipt);
        if (problem.hookFailure() != null) {
            failure.addSuppressed(problem.hookFailure());
        }
        throw failure;
    }

    /** How a client reaches the API and what it does when that fails. */
    public static final class Builder {
        private @Nullable String baseUrl;
        private @Nullable Supplier<ApiKey> apiKey;
        private @Nullable Transport transport;
        private BatchPolicy batches = BatchPolicy.DEFAULT;
        private RetryPolicy retries = RetryPolicy.DEFAULT;
        private @Nullable RateLimit rateLimit;
        private @Nullable DeadLetters deadLetters;
        private PushListener listener = new PushListener() {};
        private RowMapper mapper = RowMapper.standard();
        private @Nullable Timing timing;

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
            this.batches = policy;
            return this;
        }

        /** How often and how long a batch is tried; {@link RetryPolicy#DEFAULT} unless set. */
        public Builder retries(RetryPolicy policy) {
            this.retries = policy;
            return this;
        }

        /** The most requests in a period, over all threads; no limit unless set. */
        public Builder rateLimit(RateLimit limit) {
            this.rateLimit = limit;
            return this;
        }

        /** Takes rows that cannot be delivered; without it they stay with the caller, in an exception. */
        public Builder deadLetters(DeadLetters hook) {
            this.deadLetters = hook;
            return this;
        }

        /** Hears of retries and outcomes. */
        public Builder listener(PushListener listener) {
            this.listener = listener;
            return this;
        }

        /** Encodes rows; {@link RowMapper#standard()} unless set. */
        public Builder rowMapper(RowMapper mapper) {
            this.mapper = mapper;
            return this;
        }

        /** For tests: steps time by hand. */
        Builder timing(Timing timing) {
            this.timing = timing;
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
