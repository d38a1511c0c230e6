package dev.sluice.push;

import dev.sluice.RetryPolicy;
import dev.sluice.Timing;
import dev.sluice.spool.PushQueue;
import dev.sluice.spool.PushQueue.Claim;
import java.time.Duration;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Brings one batch to its function and comes back with an answer; keeps the claim alive meanwhile. */
final class Attempt {
    private static final Duration HEARTBEAT = PushQueue.LEASE.dividedBy(3);

    private final PushQueue queue;
    private final Claim claim;
    private final PushBatch batch;
    private final PushTerms terms;
    private final Pace pace;
    private int calls;

    Attempt(PushQueue queue, Claim claim, PushBatch batch, PushTerms terms, Pace pace) {
        this.queue = queue;
        this.claim = claim;
        this.batch = batch;
        this.terms = terms;
        this.pace = pace;
    }

    /** How often the function was called. */
    int calls() {
        return calls;
    }

    /** Calls the function, again if it throws and the terms allow, and waits for its job if it has one. */
    Answer make() throws InterruptedException {
        String job = terms.jobs().of(claim);
        if (job != null) {
            return resume(job);
        }
        Timing timing = terms.timing();
        long begin = timing.nanos();
        while (true) {
            rest(pace.reserve());
            if (!queue.renew(claim)) {
                return new Answer.Lost();
            }
            calls++;
            Object given;
            try {
                given = call();
            } catch (Throwable e) { // also what Kotlin code throws undeclared
                Interrupts.rethrow(e);
                Duration wait = backoff(timing.nanos() - begin);
                if (wait == null) {
                    return new Answer.Failed("the function threw " + e, true);
                }
                rest(wait);
                continue;
            }
            return answer(given);
        }
    }

    /** What the function gave: outcomes, a job, or nothing. */
    private @Nullable Object call() throws Exception {
        PushFunction function = terms.function();
        if (function instanceof SyncFunction sync) {
            return sync.push().push(batch);
        }
        if (function instanceof AsyncFunction async) {
            return async.push().push(batch);
        }
        ((AtomicFunction) function).push().push(batch);
        return null;
    }

    private Answer answer(@Nullable Object given) throws InterruptedException {
        return switch (terms.function().mode()) {
            case SYNC -> statuses(given);
            case ATOMIC -> Answer.all(batch, RowOutcome.ok());
            case ASYNC -> await((AsyncFunction) terms.function(), (String) given);
        };
    }

    @SuppressWarnings("unchecked") // call() gives it
    private Answer statuses(@Nullable Object given) {
        try {
            return Answer.of(batch, (Map<String, RowOutcome>) given, true);
        } catch (RuntimeException e) { // a map of the user's own, or with other values than it says
            return new Answer.Failed("the function's statuses cannot be read: " + e, true);
        }
    }

    private Answer await(AsyncFunction function, @Nullable String job) throws InterruptedException {
        if (job == null || job.isBlank()) {
            return new Answer.Failed(
                    "the function gave no job reference: return a text that its poll function can find the job by",
                    true);
        }
        return keepAndPoll(function, job);
    }

    private Answer resume(String job) throws InterruptedException {
        if (terms.function() instanceof AsyncFunction async) {
            return keepAndPoll(async, job);
        }
        return new Answer.Failed(
                "the batch has a job that only a function in mode ASYNC can poll, found mode "
                        + terms.function().mode() + ": run that function until the batch is settled",
                true);
    }

    private Answer keepAndPoll(AsyncFunction function, String job) throws InterruptedException {
        return terms.jobs().save(queue, claim, job) ? poll(function, job) : new Answer.Lost();
    }

    private Answer poll(AsyncFunction function, String job) throws InterruptedException {
        Timing timing = terms.timing();
        long end = timing.nanos() + terms.pollTimeout().toNanos();
        while (true) {
            if (!queue.renew(claim)) {
                return new Answer.Lost();
            }
            JobStatus status;
            try {
                status = function.poll().poll(job);
            } catch (Throwable e) { // also what Kotlin code throws undeclared
                Interrupts.rethrow(e);
                return new Answer.Failed("polling its job threw " + e + "; the next run polls it again", true);
            }
            if (!(status instanceof JobStatus.Running)) {
                return ended(status);
            }
            long left = end - timing.nanos();
            if (left <= 0) {
                return new Answer.Failed(
                        "its job is not done after " + terms.pollTimeout() + "; the next run polls it again", true);
            }
            rest(Duration.ofNanos(Math.min(left, terms.pollInterval().toNanos())));
        }
    }

    private Answer ended(@Nullable JobStatus status) {
        if (status instanceof JobStatus.Done done) {
            return Answer.of(batch, done.outcomes(), false);
        }
        if (status instanceof JobStatus.Failed failed) {
            return new Answer.Failed("its job failed: " + failed.message(), false);
        }
        return new Answer.Failed("polling its job gave null; the next run polls it again", true);
    }

    /** Waits, and says now and then that the batch is not stuck. */
    private void rest(Duration time) throws InterruptedException {
        Duration left = time;
        while (left.compareTo(HEARTBEAT) > 0) {
            pace.pause(HEARTBEAT);
            left = left.minus(HEARTBEAT);
            queue.renew(claim);
        }
        pace.pause(left);
    }

    /** The time until another call; null if there is to be none. Full jitter, as for the Stream API. */
    private @Nullable Duration backoff(long elapsed) {
        RetryPolicy retries = terms.retries();
        if (calls >= retries.maxAttempts()) {
            return null;
        }
        RandomGenerator random = terms.random();
        long wait = random.nextLong(retries.bound(calls).toNanos() + 1);
        return retries.deadline().toNanos() - elapsed > wait ? Duration.ofNanos(wait) : null;
    }
}
