package dev.sluice;

import dev.sluice.batch.Batch;
import dev.sluice.transport.Reply;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The attempts to deliver one piece: decides from each reply what follows. No clock, thread or socket is in it.
 *
 * <p>Used by one thread at a time.
 */
final class Attempts {
    /** No single attempt takes longer than this, however far the deadline is. */
    private static final Duration LONGEST_ATTEMPT = Duration.ofSeconds(90);

    /** What follows a reply. */
    sealed interface Next {
        /**
         * Another attempt.
         *
         * @param pause the time until then
         * @param wholeTable whether nothing else for the table is worth trying before
         */
        record Again(Duration pause, String reason, boolean wholeTable) implements Next {}

        /** No other attempt. */
        record Ended(Ending ending) implements Next {}
    }

    private final Batch piece;
    private final Terms terms;
    private final RandomGenerator random;
    private final Moment first;
    private long start;
    private int attempts;
    private int failures;
    private boolean maybeWritten;
    private String lastReason = "";
    private @Nullable Reply reply;

    Attempts(Batch piece, Terms terms, RandomGenerator random, Moment begin) {
        this.piece = piece;
        this.terms = terms;
        this.random = random;
        this.first = begin;
        this.start = begin.nanos();
    }

    int count() {
        return attempts;
    }

    /** The piece may be written by an attempt before these. */
    Attempts afterDoubt() {
        maybeWritten = true;
        return this;
    }

    /** Whether an attempt may have written the piece. */
    boolean isInDoubt() {
        return maybeWritten;
    }

    /** The next attempt begins; the result is how long it may take. The deadline counts from the first one. */
    Duration begin(Moment at) {
        if (attempts == 0) {
            start = at.nanos();
        }
        Duration left = timeLeft(at);
        return left.compareTo(LONGEST_ATTEMPT) < 0 ? left : LONGEST_ATTEMPT;
    }

    /** The time until the deadline; 0 once it has passed. */
    Duration patience(Moment at) {
        Duration left = timeLeft(at);
        return left.isNegative() ? Duration.ZERO : left;
    }

    /** Whether an attempt after {@code wait} would still be before the deadline. */
    boolean allows(Duration wait, Moment at) {
        return timeLeft(at).compareTo(wait) > 0;
    }

    /**
     * What follows from the reply to an attempt.
     *
     * @param aborted why there shall be no further one; null if there may
     */
    Next after(Reply said, @Nullable String aborted, Moment at) {
        attempts++;
        reply = possible(said);
        Verdict verdict = Verdict.of(reply, piece.rows());
        if (verdict instanceof Verdict.Retry retry) {
            maybeWritten |= retry.unknown();
            lastReason = retry.reason() + asked(retry.after());
            return aborted == null ? retry(retry, at) : new Next.Ended(aborted(aborted, at));
        }
        if (verdict instanceof Verdict.Hold hold && hold.keyMayChange()) {
            lastReason = hold.reason();
            return aborted == null ? hold(hold, at) : new Next.Ended(aborted(aborted, at));
        }
        return new Next.Ended(certain(verdict, at));
    }

    /** Attempts or time are used up. */
    Ending exhausted(Moment at) {
        String time = at.since(start).toMillis() / 1_000.0 + " s";
        String message = attempts == 0
                ? "no attempt was possible within " + terms.retries().deadline() + ": the circuit breaker is open"
                : attempts + (attempts == 1 ? " attempt" : " attempts") + " failed within " + time + ", the last with "
                        + lastReason;
        return ending(maybeWritten ? Ending.Kind.UNKNOWN : Ending.Kind.UNDELIVERED, message, at);
    }

    /** Nothing more is tried, by someone's order. */
    Ending aborted(String why, Moment at) {
        return ending(
                Ending.Kind.ABORTED,
                doubt(why + " after " + attempts + (attempts == 1 ? " attempt" : " attempts")
                        + (lastReason.isEmpty() ? "" : ", the last with " + lastReason)),
                at);
    }

    /** The account must hold whatever a transport counts. */
    private Reply possible(Reply said) {
        boolean miscounted =
                said instanceof Reply.Counted counted && (counted.written() < 0 || counted.written() > piece.rows());
        return miscounted ? new Reply.Unreadable("the transport counts other rows than the batch has", 200) : said;
    }

    private Next retry(Verdict.Retry retry, Moment at) {
        Duration after = retry.after();
        if (retry.unknown() && terms.unknown() != UnknownPolicy.RETRY) {
            return new Next.Ended(ending(Ending.Kind.UNKNOWN, retry.reason(), at));
        }
        Duration wait = after == null ? backoff() : after.plus(jitter(1));
        boolean tired = !terms.endless() && failures >= terms.retries().maxAttempts();
        return tired || !allows(wait, at)
                ? new Next.Ended(exhausted(at))
                : new Next.Again(wait, retry.reason(), after != null);
    }

    private Next hold(Verdict.Hold hold, Moment at) {
        Duration wait = jitter(attempts);
        if (terms.waitsForKey()) {
            start = at.nanos() + wait.toNanos();
        } else if (!allows(wait, at)) {
            return new Next.Ended(ending(Ending.Kind.UNAUTHORIZED, doubt(hold.reason()), at));
        }
        return new Next.Again(wait, hold.reason(), true);
    }

    private Ending certain(Verdict verdict, Moment at) {
        if (verdict instanceof Verdict.Delivered) {
            return ending(Ending.Kind.DELIVERED, "", at);
        }
        if (verdict instanceof Verdict.Partial partial) {
            return ending(Ending.Kind.PARTIAL, partialMessage(partial.answer()), at);
        }
        if (verdict instanceof Verdict.Stop stop) {
            return ending(Ending.Kind.STOPPED, doubt(stop.reason()), at);
        }
        if (verdict instanceof Verdict.Hold hold) {
            return ending(Ending.Kind.UNAUTHORIZED, doubt(hold.reason()), at);
        }
        boolean tooLarge = verdict instanceof Verdict.Split;
        String reason = verdict instanceof Verdict.Split split ? split.reason() : ((Verdict.Isolate) verdict).reason();
        if (maybeWritten) {
            // A part sent under an id of its own might be there already, under the id of the whole.
            return ending(Ending.Kind.UNKNOWN, doubt(reason), at);
        }
        return ending(tooLarge ? Ending.Kind.TOO_LARGE : Ending.Kind.REFUSED, reason, at);
    }

    private static String asked(@Nullable Duration wait) {
        return wait == null ? "" : ", which asks to wait " + wait.toSeconds() + " s";
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
        long bound = terms.retries().bound(times).toNanos();
        return Duration.ofNanos(random.nextLong(bound + 1));
    }

    private Duration timeLeft(Moment at) {
        return terms.endless() ? Durations.FOR_EVER : terms.retries().deadline().minus(at.since(start));
    }

    private Ending ending(Ending.Kind kind, String message, Moment at) {
        return new Ending(kind, message, attempts, first.time(), at.time(), at.since(first.nanos()), reply);
    }

    private String partialMessage(Reply.Counted answer) {
        String words = String.join("; ", answer.messages());
        return answer.written() + " of " + piece.rows() + " rows written, and the API does not say which"
                + (words.isEmpty() ? "" : ": " + words);
    }
}
