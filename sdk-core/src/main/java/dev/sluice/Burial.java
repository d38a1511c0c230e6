package dev.sluice;

import dev.sluice.batch.Batch;
import dev.sluice.receipt.DeadLetter;
import dev.sluice.receipt.DeadLetters;
import dev.sluice.receipt.Receipt;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Closes the account of a piece: hands what cannot be delivered to the dead letters, and tells the listener. */
final class Burial {
    private static final Logger LOG = LoggerFactory.getLogger(Burial.class);

    /** What became of a piece, and what the hook threw if it failed. */
    record Result(Receipt.Part part, @Nullable Throwable hookFailure) {}

    private final Listeners listeners;

    Burial(Listeners listeners) {
        this.listeners = listeners;
    }

    /** Calls the user's code, so no lock may be held. */
    Result settle(Delivery delivery, Batch piece, int firstRow, Ending ending) {
        Terms terms = delivery.owner().terms();
        Throwable hookFailure = null;
        int dead = 0;
        DeadLetter.Reason reason = reason(ending.kind(), terms);
        DeadLetters hook = terms.deadLetters();
        if (reason != null && hook != null) {
            hookFailure = keep(delivery, piece, letter(piece, ending, reason), hook);
            dead = hookFailure == null ? piece.rows() - ending.written() : 0;
        }
        if (ending.kind() == Ending.Kind.DELIVERED) {
            delivery.owner().written(delivery, piece);
        }
        Receipt.Part part = part(piece, firstRow, ending, dead, terms);
        if (part.undelivered() + part.spooled() > 0) {
            LOG.debug(
                    "{} of {} rows of batch {} for {} are given up after {} attempts: {}, {}",
                    part.undelivered() + part.spooled(),
                    part.rows(),
                    piece.id(),
                    piece.destination().table(),
                    part.attempts(),
                    ending.kind(),
                    Words.of(ending.reply()));
        }
        listeners.ended(piece, part, ending.took());
        return new Result(part, hookFailure);
    }

    /** Why rows that ended so become dead letters; null if they never do. */
    private static DeadLetter.@Nullable Reason reason(Ending.Kind kind, Terms terms) {
        return switch (kind) {
            case PARTIAL -> DeadLetter.Reason.PARTIAL;
            case TOO_LARGE -> DeadLetter.Reason.TOO_LARGE;
            case REFUSED -> DeadLetter.Reason.REJECTED;
            case INVALID -> DeadLetter.Reason.INVALID;
            case UNDELIVERED -> terms.buriesUndelivered() ? DeadLetter.Reason.UNDELIVERED : null;
            case UNKNOWN -> buriesUnknown(terms) ? DeadLetter.Reason.UNKNOWN : null;
            case DELIVERED, UNAUTHORIZED, STOPPED, ABORTED -> null;
        };
    }

    private static boolean buriesUnknown(Terms terms) {
        return switch (terms.unknown()) {
            case RETRY -> terms.buriesUndelivered();
            case HOLD -> false;
            case DEAD_LETTER -> true;
        };
    }

    /** What the hook threw; null if it has the letter now. */
    private static @Nullable Throwable keep(Delivery delivery, Batch piece, DeadLetter letter, DeadLetters hook) {
        try {
            delivery.owner().keep(delivery, piece, letter, hook);
            LOG.warn("{} rows of batch {} are dead letters: {}", piece.rows(), piece.id(), letter.reason());
            return null;
        } catch (Throwable e) { // also what Kotlin code throws undeclared
            LOG.error("The dead-letter hook failed on batch {}; its {} rows are held", piece.id(), piece.rows(), e);
            return e;
        }
    }

    private static DeadLetter letter(Batch piece, Ending ending, DeadLetter.Reason reason) {
        return new DeadLetter(
                piece,
                reason,
                ending.message(),
                ending.written(),
                ending.attempts(),
                ending.first(),
                ending.last(),
                ending.httpStatus(),
                ending.requestId());
    }

    private static Receipt.Part part(Batch piece, int firstRow, Ending ending, int dead, Terms terms) {
        return new Receipt.Part(
                piece.id(),
                status(ending, dead, terms),
                piece.rows(),
                ending.written(),
                dead,
                firstRow,
                ending.attempts(),
                ending.requestId(),
                ending.snapshotId(),
                ending.message(),
                ending.remarks());
    }

    private static Receipt.Status status(Ending ending, int dead, Terms terms) {
        return switch (ending.kind()) {
            case DELIVERED -> ending.snapshotId() == null ? Receipt.Status.ACCEPTED : Receipt.Status.COMMITTED;
            case PARTIAL -> Receipt.Status.PARTIAL;
            default ->
                dead > 0 ? Receipt.Status.DEAD : terms.spooled() ? Receipt.Status.SPOOLED : Receipt.Status.UNDELIVERED;
        };
    }
}
