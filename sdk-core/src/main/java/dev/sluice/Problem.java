package dev.sluice;

import dev.sluice.batch.Batch;
import dev.sluice.receipt.Receipt;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Why rows are left with the caller.
 *
 * @param piece the rows
 * @param part what the receipt says of them
 * @param hookFailure what the dead-letter hook threw, if it was asked
 */
record Problem(
        Batch piece,
        Ending.Kind kind,
        Receipt.Part part,
        @Nullable Throwable hookFailure) {

    /** The one to tell of: the first, or the first that leaves doubt, for that is what a caller must hear before all else. */
    static Optional<Problem> worst(List<Problem> problems) {
        Optional<Problem> doubt = problems.stream().filter(Problem::isDoubt).findFirst();
        return doubt.or(() -> problems.stream().findFirst());
    }

    /** The piece by itself, for whoever holds it. */
    Held held() {
        Receipt receipt = new Receipt(piece.destination().table(), piece.rows(), 0, List.of(part));
        return new Held(piece, failure(receipt));
    }

    /** The exception for a push that left rows behind, this being the reason. */
    PushException failure(Receipt receipt) {
        PushException failure = Failures.of(this, receipt);
        if (hookFailure != null) {
            failure.addSuppressed(hookFailure);
        }
        return failure;
    }

    private boolean isDoubt() {
        return kind == Ending.Kind.UNKNOWN || kind == Ending.Kind.PARTIAL;
    }
}
