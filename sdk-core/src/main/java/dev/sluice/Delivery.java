package dev.sluice;

import dev.sluice.batch.Batch;
import dev.sluice.batch.BatchPolicy;
import dev.sluice.receipt.Receipt;
import dev.sluice.row.InvalidRowException;
import dev.sluice.spool.Span;
import dev.sluice.transport.Reply;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One batch from its first attempt to the end of its last piece: splits what is too large, finds the rows that are
 * refused, and keeps the account. No clock, thread or socket is in it.
 *
 * <p>Used by one thread at a time: whoever took it from its {@link Lane}.
 */
final class Delivery {
    /** What has ended, and the pieces that have not. */
    private record Progress(List<Receipt.Part> parts, List<Problem> problems, List<Batch> open) {}

    /** A row that was refused by itself, or is too large by itself, and how. */
    private record Fault(Batch row, Ending ending) {}

    private final Batch batch;
    private final Owner owner;
    private final Burial burial;
    private final RandomGenerator random;
    private final IntUnaryOperator positions;
    private final Deque<Batch> waiting = new ArrayDeque<>();
    private final List<Fault> faults = new ArrayList<>();
    private final int tolerated;
    private final List<Receipt.Part> parts = new ArrayList<>();
    private final List<Problem> problems = new ArrayList<>();

    /** How far it is, for another thread to see that gives it up while an attempt is under way. */
    private volatile Progress progress;

    private @Nullable Batch piece;
    private @Nullable Attempts attempts;
    private Ending.@Nullable Kind endedBy;
    private @Nullable Delivery replaced;
    private @Nullable InvalidRowException refusal;
    private @Nullable Span doubt;

    /**
     * A batch to deliver.
     *
     * @param positions the place among the rows handed in of a row of the batch
     */
    Delivery(Batch batch, IntUnaryOperator positions, Owner owner, Burial burial, RandomGenerator random) {
        this.batch = batch;
        this.owner = owner;
        this.burial = burial;
        this.random = random;
        this.positions = positions;
        this.tolerated = Math.max(20, batch.rows() / 20);
        this.waiting.add(batch);
        this.progress = new Progress(List.of(), List.of(), List.of(batch));
    }

    /**
     * Goes on where an earlier process stopped.
     *
     * @param ended the pieces that have ended
     * @param maybeWritten the piece that may be written, to be sent as it was
     */
    Delivery resume(List<Span> ended, @Nullable Span maybeWritten) {
        doubt = maybeWritten;
        waiting.clear();
        addOpen(batch, ended);
        progress = new Progress(List.of(), List.of(), List.copyOf(waiting));
        return this;
    }

    Batch batch() {
        return batch;
    }

    Owner owner() {
        return owner;
    }

    /** The delivery of the same batch that this one took the place of. */
    Optional<Delivery> replaced() {
        return Optional.ofNullable(replaced);
    }

    /** Every piece so far, in the order of its end. */
    List<Receipt.Part> parts() {
        return parts;
    }

    /** The pieces that are left with the caller, and why. */
    List<Problem> problems() {
        return problems;
    }

    /** Why nothing of this batch was tried any more; empty if all of it was tried. */
    Optional<Ending.Kind> endedBy() {
        return Optional.ofNullable(endedBy);
    }

    /** What is to be sent next; empty once every piece has ended. */
    Optional<Batch> piece() {
        return Optional.ofNullable(piece);
    }

    /** Whether {@link #piece()} was attempted before, so that its time is running. */
    boolean isTried() {
        return attempts != null && attempts.count() > 0;
    }

    /** The attempts at {@link #piece()}. */
    Attempts attempts() {
        if (attempts == null) {
            throw new IllegalStateException(batch.id() + " has not begun or has ended");
        }
        return attempts;
    }

    /** Will not be sent, for it breaks a rule of the API: it only takes its turn to be accounted for. */
    Delivery refused(InvalidRowException problem) {
        refusal = problem;
        return this;
    }

    boolean isRefused() {
        return refusal != null;
    }

    /** Prepares the first piece; does nothing later. */
    void begin(Moment at) {
        if (piece != null || !parts.isEmpty()) {
            return;
        }
        if (refusal == null) {
            next(at);
        } else {
            waiting.clear();
            account(batch, Ending.untried(Ending.Kind.INVALID, String.valueOf(refusal.getMessage()), at));
        }
    }

    /** Takes in the reply to an attempt; if the piece is worth another one, the result says when. */
    Optional<Attempts.Next.Again> after(Reply reply, Moment at) {
        Attempts.Next next = attempts().after(reply, owner.aborted().orElse(null), at);
        if (next instanceof Attempts.Next.Again again) {
            return Optional.of(again);
        }
        end(((Attempts.Next.Ended) next).ending(), at);
        return Optional.empty();
    }

    /** Ends the piece for want of time, and with it the batch. */
    void exhaust(Moment at) {
        begin(at);
        if (piece != null) {
            end(attempts().exhausted(at), at);
        }
    }

    /** Ends all of it, by someone's order. */
    void abort(String why, Moment at) {
        begin(at);
        if (piece != null) {
            end(attempts().aborted(why, at), at);
        }
    }

    /** Ends all of it before it began, for the reason that ended the one before it. */
    void skip(Ending.Kind reason, Moment at) {
        endedBy = reason;
        account(batch, untried(reason, at));
        waiting.clear();
    }

    /**
     * Another delivery of the batch, which takes this one's place because its attempt does not come to an end: what has
     * ended stays so, the rest is given up. Called by any thread.
     */
    Delivery abandoned(String why, Moment at) {
        Delivery twin = new Delivery(batch, positions, owner, burial, random);
        twin.replaced = this;
        twin.waiting.clear();
        Progress known = progress;
        twin.parts.addAll(known.parts());
        twin.problems.addAll(known.problems());
        known.open().forEach(open -> twin.account(open, Ending.untried(Ending.Kind.ABORTED, why, at)));
        return twin;
    }

    private void end(Ending ending, Moment at) {
        Batch ended = piece().orElseThrow();
        if (ending.kind() != Ending.Kind.DELIVERED && ending.kind() != Ending.Kind.PARTIAL) {
            owner.waits(this);
        }
        take(ended, ending);
        next(at);
    }

    private void take(Batch ended, Ending ending) {
        boolean fault = ending.kind() == Ending.Kind.REFUSED || ending.kind() == Ending.Kind.TOO_LARGE;
        if (fault && ended.rows() > 1) {
            List<Batch> halves = ended.split();
            waiting.push(halves.get(1));
            waiting.push(halves.get(0));
        } else if (fault) {
            faults.add(new Fault(ended, ending));
        } else {
            account(ended, ending);
        }
    }

    private void next(Moment at) {
        piece = null;
        attempts = null;
        while (!waiting.isEmpty() && endedBy == null && faults.size() <= tolerated) {
            Batch next = waiting.pop();
            if (Span.of(next).equals(doubt) && owner.terms().unknown() == UnknownPolicy.DEAD_LETTER) {
                take(next, Ending.untried(Ending.Kind.UNKNOWN, "an earlier attempt may have written it", at));
                continue;
            }
            if (fits(next)) {
                piece = next;
                attempts = attempts(next, at);
                progress = new Progress(List.copyOf(parts), List.copyOf(problems), open(next));
                return;
            }
            take(next, tooLarge(next, at));
        }
        finish(at);
    }

    private Attempts attempts(Batch next, Moment at) {
        Attempts fresh = new Attempts(next, owner.terms(), random, at);
        return Span.of(next).equals(doubt) ? fresh.afterDoubt() : fresh;
    }

    /**
     * Pieces are split at the same places as before, so those that have ended are found again. The one in doubt goes
     * first: the spool notes one doubt, and an attempt at another piece would take its place.
     */
    private void addOpen(Batch part, List<Span> ended) {
        Span span = Span.of(part);
        boolean inDoubt = span.equals(doubt);
        boolean touched =
                ended.stream().anyMatch(span::overlaps) || (doubt != null && !inDoubt && doubt.overlaps(span));
        if (inDoubt && !touched) {
            waiting.push(part);
        } else if (!touched) {
            waiting.add(part);
        } else if (part.rows() > 1 && !ended.contains(span)) {
            part.split().forEach(half -> addOpen(half, ended));
        }
    }

    private List<Batch> open(Batch next) {
        List<Batch> open = new ArrayList<>(List.of(next));
        open.addAll(waiting);
        faults.forEach(fault -> open.add(fault.row()));
        return open;
    }

    private void finish(Moment at) {
        boolean systemic = faults.size() > tolerated;
        for (Fault fault : faults) {
            account(fault.row(), systemic ? systemic(fault) : fault.ending());
        }
        faults.clear();
        while (endedBy != null && !waiting.isEmpty()) {
            account(waiting.pop(), untried(endedBy, at));
        }
    }

    private static boolean fits(Batch piece) {
        return piece.bytes() <= BatchPolicy.BYTE_LIMIT && piece.rows() <= BatchPolicy.ROW_LIMIT;
    }

    private static Ending tooLarge(Batch piece, Moment at) {
        String message = piece.rows() + " rows with " + piece.bytes() + " bytes of JSON, at most "
                + BatchPolicy.ROW_LIMIT + " and " + BatchPolicy.BYTE_LIMIT + " fit in a request";
        return Ending.untried(Ending.Kind.TOO_LARGE, message, at);
    }

    /** Single bad rows become dead letters; so many of them mean that the rows are not what is wrong. */
    private Ending systemic(Fault fault) {
        Ending last = fault.ending();
        String message = "more than " + tolerated + " of " + batch.rows()
                + " rows are refused, so the table or the settings are at fault rather than the rows; the first: "
                + last.message();
        return new Ending(
                Ending.Kind.STOPPED, message, last.attempts(), last.first(), last.last(), last.took(), last.reply());
    }

    /** A batch that is not tried, for the reason that ended the one before it. */
    private static Ending untried(Ending.Kind reason, Moment at) {
        // What was not sent is not written: nothing is unknown about it.
        Ending.Kind own = reason == Ending.Kind.UNKNOWN ? Ending.Kind.UNDELIVERED : reason;
        return Ending.untried(own, "not tried after the failure of the batch before it", at);
    }

    private void account(Batch ended, Ending ending) {
        Burial.Result result = burial.settle(this, ended, positions.applyAsInt(ended.firstRow()), ending);
        parts.add(result.part());
        if (endsPush(ending.kind())) {
            endedBy = ending.kind();
        }
        if (result.part().undelivered() + result.part().spooled() > 0) {
            problems.add(new Problem(ended, ending.kind(), result.part(), result.hookFailure()));
        }
    }

    /** Whether trying another batch now would only repeat the failure. */
    private boolean endsPush(Ending.Kind kind) {
        return switch (kind) {
            case UNDELIVERED, UNAUTHORIZED, STOPPED, ABORTED -> true;
            // Of a spool it ends as a dead letter, and says nothing of the pieces beside it.
            case UNKNOWN ->
                owner.terms().unknown() == UnknownPolicy.RETRY && !owner.terms().spooled();
            case DELIVERED, PARTIAL, TOO_LARGE, REFUSED, INVALID -> false;
        };
    }
}
