package dev.sluice;

import dev.sluice.batch.Batch;
import dev.sluice.batch.BatchPolicy;
import dev.sluice.transport.Reply;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tries one batch until something final is known of it, or attempts, time or the client come to their end. */
final class Attempts {
    private static final Logger LOG = LoggerFactory.getLogger(Attempts.class);

    /** No single attempt takes longer than this, however far the deadline is. */
    private static final Duration LONGEST_ATTEMPT = Duration.ofSeconds(90);

    private final Engine engine;
    private final Batch batch;
    private final Instant first;
    private long start;
    private int attempts;
    private int failures;
    private boolean maybeWritten;
    private @Nullable Reply reply;

    Attempts(Engine engine, Batch batch) {
        this.engine = engine;
        this.batch = batch;
        this.first = engine.timing().now();
        this.start = engine.timing().nanos();
    }

    Ending run() {
        if (batch.bytes() > BatchPolicy.BYTE_LIMIT || batch.rows() > BatchPolicy.ROW_LIMIT) {
            return ending(
                    Ending.Kind.TOO_LARGE,
                    batch.rows() + " rows with " + batch.bytes() + " bytes of JSON, at most " + BatchPolicy.ROW_LIMIT
                            + " and " + BatchPolicy.BYTE_LIMIT + " fit in a request");
        }
        try {
            return tryUntilEnded();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ending(Ending.Kind.ABORTED, doubt("interrupted after " + attempts + " attempts"));
        }
    }

    private Ending tryUntilEnded() throws InterruptedException {
        engine.timing().pause(engine.rate().reserve());
        start = engine.timing().nanos();
        while (true) {
            if (engine.closed().getAsBoolean()) {
                return ending(Ending.Kind.ABORTED, doubt("the client was closed after " + attempts + " attempts"));
            }
            Verdict verdict = attempt();
            if (verdict instanceof Verdict.Retry retry) {
                Duration wait =
                        retry.after() == null ? backoff() : retry.after().plus(jitter(1));
                if (failures >= engine.retries().maxAttempts() || !await(wait, retry.reason())) {
                    return exhausted(asked(retry));
                }
            } else if (verdict instanceof Verdict.Hold hold && hold.keyMayChange()) {
                if (!await(jitter(attempts), hold.reason())) {
                    return ending(Ending.Kind.UNAUTHORIZED, doubt(hold.reason()));
                }
            } else {
                return certain(verdict);
            }
        }
    }

    private Verdict attempt() throws InterruptedException {
        Duration left = timeLeft();
        attempts++;
        try {
            reply = possible(
                    engine.transport().send(batch, left.compareTo(LONGEST_ATTEMPT) < 0 ? left : LONGEST_ATTEMPT));
        } catch (RuntimeException e) {
            LOG.warn("The transport failed on {}; its rows may be written", batch.id(), e);
            reply = new Reply.Unreadable(
                    "the transport failed with " + e.getClass().getName(), 0);
        }
        Verdict verdict = Verdict.of(reply, batch.rows());
        if (verdict instanceof Verdict.Retry retry) {
            maybeWritten |= retry.unknown();
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedException("interrupted during an attempt");
            }
        }
        return verdict;
    }

    /** The account must hold whatever a transport counts. */
    private Reply possible(Reply said) {
        boolean miscounted =
                said instanceof Reply.Counted counted && (counted.written() < 0 || counted.written() > batch.rows());
        return miscounted ? new Reply.Unreadable("the transport counts other rows than the batch has", 200) : said;
    }

    private Ending certain(Verdict verdict) {
        if (verdict instanceof Verdict.Delivered) {
            return ending(Ending.Kind.DELIVERED, "");
        }
        if (verdict instanceof Verdict.Partial partial) {
            return ending(Ending.Kind.PARTIAL, partialMessage(partial.answer()));
        }
        if (verdict instanceof Verdict.Stop stop) {
            return ending(Ending.Kind.STOPPED, doubt(stop.reason()));
        }
        if (verdict instanceof Verdict.Hold hold) {
            return ending(Ending.Kind.UNAUTHORIZED, doubt(hold.reason()));
        }
        boolean tooLarge = verdict instanceof Verdict.Split;
        String reason = verdict instanceof Verdict.Split split ? split.reason() : ((Verdict.Isolate) verdict).reason();
        if (maybeWritten) {
            // A part sent under an id of its own might be there already, under the id of the whole.
            return ending(Ending.Kind.UNKNOWN, doubt(reason));
        }
        return ending(tooLarge ? Ending.Kind.TOO_LARGE : Ending.Kind.REFUSED, reason);
    }

    private static String asked(Verdict.Retry retry) {
        Duration after = retry.after();
        return retry.reason() + (after == null ? "" : ", which asks to wait " + after.toSeconds() + " s");
    }

    private Ending exhausted(String reason) {
        String message = attempts + (attempts == 1 ? " attempt" : " attempts") + " failed within "
                + elapsed().toMillis() / 1_000.0 + " s, the last with " + reason;
        return ending(maybeWritten ? Ending.Kind.UNKNOWN : Ending.Kind.UNDELIVERED, message);
    }

    private String doubt(String reason) {
        return maybeWritten ? reason + ", after an attempt whose outcome is unknown" : reason;
    }

    private Duration backoff() {
        failures++;
        return jitter(failures);
    }

    /** Full jitter: any time up to the bound, so that clients that failed together do not return together. */
    private Duration jitter(int times) {
        long bound = engine.retries().bound(times).toNanos();
        return Duration.ofNanos(engine.random().nextLong(bound + 1));
    }

    /** Waits, and then for a turn within the rate limit; false if the deadline comes first. */
    private boolean await(Duration wait, String reason) throws InterruptedException {
        if (timeLeft().compareTo(wait) <= 0) {
            return false;
        }
        Listeners.tell(LOG, () -> engine.listener().retrying(batch, attempts, reason, wait));
        engine.timing().pause(wait);
        Duration turn = engine.rate().reserve();
        if (timeLeft().compareTo(turn) <= 0) {
            return false;
        }
        engine.timing().pause(turn);
        // A pause may take longer than asked for, and an attempt without time left would have no timeout at all.
        return timeLeft().compareTo(Duration.ZERO) > 0;
    }

    private Duration elapsed() {
        return Duration.ofNanos(engine.timing().nanos() - start);
    }

    private Duration timeLeft() {
        return engine.retries().deadline().minus(elapsed());
    }

    private Ending ending(Ending.Kind kind, String message) {
        return new Ending(kind, message, attempts, first, engine.timing().now(), reply);
    }

    private String partialMessage(Reply.Counted answer) {
        String words = String.join("; ", answer.messages());
        return answer.written() + " of " + batch.rows() + " rows written, and the API does not say which"
                + (words.isEmpty() ? "" : ": " + words);
    }
}
