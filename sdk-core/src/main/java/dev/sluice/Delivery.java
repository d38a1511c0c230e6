package dev.sluice;

import dev.sluice.batch.Batch;
import dev.sluice.receipt.DeadLetter;
import dev.sluice.receipt.DeadLetters;
import dev.sluice.receipt.Receipt;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers the batches of one push in their order: splits what is too large, finds the rows that are refused, hands
 * what cannot be delivered to the dead letters, and keeps the account.
 */
final class Delivery {
    private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);

    /** A row that was refused by itself, or is too large by itself, and how. */
    private record Fault(Batch row, Ending ending) {}

    /** Why rows are left with the caller. */
    record Problem(
            Ending.Kind kind, String message, @Nullable RuntimeException hookFailure) {}

    private final Engine engine;
    private final @Nullable DeadLetters deadLetters;
    private final boolean buriesUndelivered;
    private final List<Receipt.Part> parts = new ArrayList<>();
    private @Nullable Problem problem;
    private IntUnaryOperator positions = IntUnaryOperator.identity();
    private Ending.@Nullable Kind endedBy;

    /**
     * The delivery of one push.
     *
     * @param deadLetters takes what cannot be delivered; without it that stays with the caller
     * @param buriesUndelivered whether rows go to the dead letters when attempts or time run out
     */
    Delivery(Engine engine, @Nullable DeadLetters deadLetters, boolean buriesUndelivered) {
        this.engine = engine;
        this.deadLetters = deadLetters;
        this.buriesUndelivered = buriesUndelivered;
    }

    /** Every piece so far, in the order of its end. */
    List<Receipt.Part> parts() {
        return parts;
    }

    /** Why rows are left with the caller, if any are: the first reason, or the first one that leaves doubt. */
    @Nullable
    Problem problem() {
        return problem;
    }

    /**
     * Delivers one batch, or only accounts for it where an earlier one showed that no request can succeed now.
     *
     * @param positions the place among the rows handed in of a row of the batch
     */
    void deliver(Batch batch, IntUnaryOperator positions) {
        this.positions = positions;
        if (endedBy != null) {
            account(batch, untried(endedBy));
            return;
        }
        Deque<Batch> waiting = new ArrayDeque<>(List.of(batch));
        List<Fault> faults = new ArrayList<>();
        int tolerated = Math.max(20, batch.rows() / 20);
        while (!waiting.isEmpty() && endedBy == null && faults.size() <= tolerated) {
            Batch next = waiting.pop();
            Ending ending = new Attempts(engine, next).run();
            if (isSplit(next, ending)) {
                List<Batch> halves = next.split();
                waiting.push(halves.get(1));
                waiting.push(halves.get(0));
            } else if (isFault(ending)) {
                faults.add(new Fault(next, ending));
            } else {
                account(next, ending);
            }
        }
        settle(faults, tolerated, batch);
        while (!waiting.isEmpty() && endedBy != null) {
            account(waiting.pop(), untried(endedBy));
        }
    }

    private static boolean isFault(Ending ending) {
        return ending.kind() == Ending.Kind.REFUSED || ending.kind() == Ending.Kind.TOO_LARGE;
    }

    private static boolean isSplit(Batch batch, Ending ending) {
        return isFault(ending) && batch.rows() > 1;
    }

    /** Single bad rows become dead letters; so many of them mean that the rows are not what is wrong. */
    private void settle(List<Fault> faults, int tolerated, Batch batch) {
        boolean systemic = faults.size() > tolerated;
        for (Fault fault : faults) {
            Ending ending = systemic ? systemic(fault, tolerated, batch) : fault.ending();
            account(fault.row(), ending);
        }
    }

    private static Ending systemic(Fault fault, int tolerated, Batch batch) {
        Ending last = fault.ending();
        String message = "more than " + tolerated + " of " + batch.rows()
                + " rows are refused, so the table or the settings are at fault rather than the rows; the first: "
                + last.message();
        return new Ending(Ending.Kind.STOPPED, message, last.attempts(), last.first(), last.last(), last.reply());
    }

    /** A batch that is not tried, for the reason that ended the one before it. */
    private Ending untried(Ending.Kind reason) {
        // What was not sent is not written: nothing is unknown about it.
        Ending.Kind own = reason == Ending.Kind.UNKNOWN ? Ending.Kind.UNDELIVERED : reason;
        var now = engine.timing().now();
        return new Ending(own, "not tried after the failure of the batch before it", 0, now, now, null);
    }

    private void account(Batch batch, Ending ending) {
        RuntimeException hookFailure = null;
        int dead = 0;
        DeadLetter.Reason reason = burial(ending.kind());
        if (reason != null && deadLetters != null) {
            hookFailure = bury(deadLetters, batch, ending, reason);
            dead = hookFailure == null ? batch.rows() - ending.written() : 0;
        }
        Receipt.Part part = part(batch, ending, dead);
        parts.add(part);
        if (endsPush(ending.kind())) {
            endedBy = ending.kind();
        }
        if (part.undelivered() > 0 && (problem == null || (isDoubt(ending.kind()) && !isDoubt(problem.kind())))) {
            problem = new Problem(ending.kind(), "batch " + batch.id() + ": " + ending.message(), hookFailure);
        }
        Duration elapsed = Duration.between(ending.first(), ending.last());
        Listeners.tell(LOG, () -> engine.listener().ended(batch, part, elapsed));
    }

    /** That rows may be there already is what a caller must hear before all else. */
    private static boolean isDoubt(Ending.Kind kind) {
        return kind == Ending.Kind.UNKNOWN || kind == Ending.Kind.PARTIAL;
    }

    private static boolean endsPush(Ending.Kind kind) {
        return switch (kind) {
            case UNDELIVERED, UNKNOWN, UNAUTHORIZED, STOPPED, ABORTED -> true;
            case DELIVERED, PARTIAL, TOO_LARGE, REFUSED -> false;
        };
    }

    /** Why rows that ended so become dead letters; null if they never do. */
    private DeadLetter.@Nullable Reason burial(Ending.Kind kind) {
        return switch (kind) {
            case PARTIAL -> DeadLetter.Reason.PARTIAL;
            case TOO_LARGE -> DeadLetter.Reason.TOO_LARGE;
            case REFUSED -> DeadLetter.Reason.REJECTED;
            case UNDELIVERED -> buriesUndelivered ? DeadLetter.Reason.UNDELIVERED : null;
            case UNKNOWN -> buriesUndelivered ? DeadLetter.Reason.UNKNOWN : null;
            case DELIVERED, UNAUTHORIZED, STOPPED, ABORTED -> null;
        };
    }

    private static @Nullable RuntimeException bury(
            DeadLetters to, Batch batch, Ending ending, DeadLetter.Reason reason) {
        try {
            to.keep(new DeadLetter(
                    batch,
                    reason,
                    ending.message(),
                    ending.written(),
                    ending.attempts(),
                    ending.first(),
                    ending.last(),
                    ending.httpStatus(),
                    ending.requestId()));
            LOG.warn("{} rows of batch {} are dead letters: {}", batch.rows(), batch.id(), reason);
            return null;
        } catch (RuntimeException e) {
            return e;
        }
    }

    private Receipt.Part part(Batch batch, Ending ending, int dead) {
        return new Receipt.Part(
                batch.id(),
                status(ending, dead),
                batch.rows(),
                ending.written(),
                dead,
                positions.applyAsInt(batch.firstRow()),
                ending.attempts(),
                ending.requestId(),
                ending.snapshotId(),
                ending.message(),
                ending.remarks());
    }

    private static Receipt.Status status(Ending ending, int dead) {
        return switch (ending.kind()) {
            case DELIVERED -> ending.snapshotId() == null ? Receipt.Status.ACCEPTED : Receipt.Status.COMMITTED;
            case PARTIAL -> Receipt.Status.PARTIAL;
            default -> dead > 0 ? Receipt.Status.DEAD : Receipt.Status.UNDELIVERED;
        };
    }
}
