package dev.sluice.push;

import dev.sluice.RateLimit;
import dev.sluice.RetryPolicy;
import dev.sluice.Timing;
import dev.sluice.receipt.DeadLetterStore;
import dev.sluice.receipt.DeadLetters;
import dev.sluice.spool.PushQueue;
import java.time.Duration;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings what a {@link PushQueue} has for one target to a {@link PushFunction}, run by run.
 *
 * <p>A run is one drain of what was pending at its beginning; each row is tried at most once in it. Rows that fail stay
 * in their place and are tried alone in the next run; until then no later row of the same row id is pushed, for a batch
 * has one event of a row id, or the two images of one update. Without concurrency batches are pushed in the order of the
 * queue.
 *
 * <p>Safe for use by several threads: one run at a time, the others wait. The queue stays its owner's to close.
 */
public final class PushRunner implements AutoCloseable {
    /** How many rows a call gets unless said otherwise: {@value}. */
    public static final int DEFAULT_BATCH_SIZE = 100;

    private static final Logger LOG = LoggerFactory.getLogger(PushRunner.class);

    private final PushQueue queue;
    private final PushTerms terms;
    private final Pace pace;
    private final ReentrantLock running = new ReentrantLock();

    private PushRunner(PushQueue queue, PushTerms terms, Pace pace) {
        this.queue = queue;
        this.terms = terms;
        this.pace = pace;
    }

    /**
     * A runner's settings.
     *
     * @param target the queue's name for what is pushed; see {@link PushQueue#put(String, java.util.List)}
     */
    public static Builder builder(PushQueue queue, String target, PushFunction function) {
        return new Builder(queue, target, function);
    }

    /**
     * Pushes what is pending now, and blocks until that is done. Nothing of how it went is thrown: the report tells. An
     * interrupt ends the run after the call to the function that is under way, which is interrupted too; the thread's
     * flag is set then. The batch of that call stays one, and is pushed again under its id.
     *
     * @throws IllegalStateException if the runner is closed, or the function itself calls this
     */
    public PushReport run() {
        if (running.isHeldByCurrentThread() || PushRun.isRunning(pace)) {
            throw new IllegalStateException("a run for " + terms.target() + " cannot start another one: let it end");
        }
        try {
            running.lockInterruptibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            RunBook nothing = new RunBook(terms.target());
            nothing.interrupted();
            return nothing.report(0, false);
        }
        try {
            if (pace.isStopped()) {
                throw new IllegalStateException("the runner for " + terms.target() + " is closed: build another one");
            }
            return new PushRun(queue, terms, pace).go();
        } finally {
            running.unlock();
        }
    }

    /**
     * Runs again and again, the interval after the last run has ended, and blocks until the runner is closed or the
     * thread is interrupted. A run that fails does not end it.
     *
     * @param reports gets the report of each run; what it throws is logged
     */
    public void watch(Duration interval, Consumer<PushReport> reports) {
        positive("interval", interval);
        while (!pace.isStopped() && !Thread.currentThread().isInterrupted()) {
            try {
                report(run(), reports);
                pace.pause(interval);
            } catch (IllegalStateException e) {
                if (!pace.isStopped()) {
                    throw e;
                }
            } catch (InterruptedException e) {
                if (!(e instanceof Pace.Stopped)) {
                    Thread.currentThread().interrupt();
                }
                return;
            }
        }
    }

    /**
     * Puts rejected rows back into the queue, behind all that it has, and takes their letters out of the store: the next
     * run pushes them. Only letters of this runner's target are touched. A crash at any moment loses no row, and doubles
     * none: a letter is put back once, so one that was restored from a copy afterwards, unchanged, only leaves the store.
     * May be called while a run is under way.
     *
     * <p>What the store or the queue throws comes out; letters before that one are replayed.
     *
     * @param letters where {@link Builder#deadLetters} kept them
     * @param stale nobody knows whether a newer change of a row was pushed since; if so, the older one would undo it
     */
    public PushReplay replay(DeadLetterStore letters, PushReplay.Stale stale) {
        return new LetterReplay(queue, terms.target(), stale).of(letters);
    }

    /**
     * Ends {@link #watch}, and a run after the call to the function that is under way, as an interrupt would, but
     * without interrupting it. Does not wait for that.
     */
    @Override
    public void close() {
        pace.stop();
    }

    private static void report(PushReport report, Consumer<PushReport> reports) {
        try {
            reports.accept(report);
        } catch (Throwable e) { // also what Kotlin code throws undeclared
            LOG.warn("What takes the reports of runs failed; the runs go on", e);
        }
    }

    private static Duration positive(String name, Duration value) {
        if (value.isNegative() || value.isZero() || value.compareTo(Duration.ofDays(365)) > 0) {
            throw new IllegalArgumentException(name + " must be more than 0 and at most 365 days, found " + value);
        }
        return value;
    }

    /** Settings of a runner, each with a default. */
    public static final class Builder {
        private static final Duration POLL_INTERVAL = Duration.ofSeconds(30);
        private static final Duration POLL_TIMEOUT = Duration.ofHours(1);

        private final PushQueue queue;
        private final String target;
        private final PushFunction function;
        private int batchSize = DEFAULT_BATCH_SIZE;
        private int maxConcurrency = 1;
        private @Nullable RateLimit rateLimit;
        private RetryPolicy retries = RetryPolicy.DEFAULT.withMaxAttempts(1);
        private @Nullable Duration pollInterval;
        private @Nullable Duration pollTimeout;
        private @Nullable DeadLetters deadLetters;
        private RowListener listener = (batch, row, outcome) -> {};
        private Timing timing = Timing.system();

        private Builder(PushQueue queue, String target, PushFunction function) {
            this.queue = Objects.requireNonNull(queue, "queue");
            this.target = Objects.requireNonNull(target, "target");
            this.function = Objects.requireNonNull(function, "function");
        }

        /** The most rows of one call; {@value #DEFAULT_BATCH_SIZE} by default. Batches made before keep their size. */
        public Builder batchSize(int rows) {
            this.batchSize = rows;
            return this;
        }

        /** How many calls may be under way at once; 1 by default, more in mode SYNC only. */
        public Builder maxConcurrency(int calls) {
            this.maxConcurrency = calls;
            return this;
        }

        /** How many calls may be made in a period, those after a failed one included; by default there is no limit. */
        public Builder rateLimit(RateLimit limit) {
            this.rateLimit = limit;
            return this;
        }

        /**
         * How often a call that throws is made again within a run, with the same rows under the same id. By default it
         * is not: the next run is the next attempt. Outcomes of rows are never asked for twice in a run.
         */
        public Builder retries(RetryPolicy policy) {
            this.retries = policy;
            return this;
        }

        /** The time between polls of a job; 30 seconds by default, for mode ASYNC only. */
        public Builder pollInterval(Duration interval) {
            this.pollInterval = positive("pollInterval", interval);
            return this;
        }

        /** How long a run waits for a job; 1 hour by default, for mode ASYNC only. The next run waits on. */
        public Builder pollTimeout(Duration timeout) {
            this.pollTimeout = positive("pollTimeout", timeout);
            return this;
        }

        /**
         * What takes rejected rows, each as a letter of its own, before the queue forgets them; a letter may come twice
         * if the process ends in between. A letter's table is {@code push.} and the target; tags tell the target,
         * the row id and the change type; {@link PushRunner#replay} puts them back. By default, and when the hook throws, a rejected row stays in the queue as a failed one.
         */
        public Builder deadLetters(DeadLetters hook) {
            this.deadLetters = hook;
            return this;
        }

        /**
         * What is told of rows that have an outcome of their own which is not {@code ok}. Rows of a batch that failed as a
         * whole have none: the run's report tells of those batches.
         */
        public Builder listener(RowListener told) {
            this.listener = told;
            return this;
        }

        /** Time as the runner sees it; the machine's by default. */
        public Builder timing(Timing time) {
            this.timing = time;
            return this;
        }

        /**
         * The runner.
         *
         * @throws IllegalArgumentException if a setting is wrong, or does not go with the function's mode
         */
        public PushRunner build() {
            if (batchSize < 1 || maxConcurrency < 1) {
                throw new IllegalArgumentException("batchSize and maxConcurrency must be at least 1, found " + batchSize
                        + " and " + maxConcurrency);
            }
            checkMode();
            // The queue checks the target's name.
            queue.offset(target);
            PushTerms terms = new PushTerms(
                    target,
                    function,
                    batchSize,
                    maxConcurrency,
                    retries,
                    pollInterval == null ? POLL_INTERVAL : pollInterval,
                    pollTimeout == null ? POLL_TIMEOUT : pollTimeout,
                    deadLetters,
                    listener,
                    timing,
                    new Random(),
                    new JobReferences());
            return new PushRunner(queue, terms, new Pace(timing, rateLimit));
        }

        private void checkMode() {
            PushFunction.Mode mode = function.mode();
            if (maxConcurrency > 1 && mode != PushFunction.Mode.SYNC) {
                throw new IllegalArgumentException("maxConcurrency " + maxConcurrency + " does not go with mode " + mode
                        + ": leave it at 1, or use a function in mode SYNC");
            }
            if (mode != PushFunction.Mode.ASYNC) {
                checkNoPoll("pollInterval", pollInterval, mode);
                checkNoPoll("pollTimeout", pollTimeout, mode);
            }
        }

        private static void checkNoPoll(String name, @Nullable Duration value, PushFunction.Mode mode) {
            if (value != null) {
                throw new IllegalArgumentException(name + " " + value + " does not go with mode " + mode
                        + ": leave it out, or use a function in mode ASYNC");
            }
        }
    }
}
