package dev.sluice.push;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a run did: one drain of what was pending when it began.
 *
 * @param batches how many were pushed, or polled if their jobs were under way
 * @param delivered rows delivered, those with a warning included
 * @param warned rows delivered with a warning
 * @param failed rows that were tried and stay: the next run tries them again
 * @param rejected rows that will never be taken: the dead letters have them
 * @param blocked rows that were not tried: an earlier row of the same id stays, somebody else holds them, or the run
 *     ended early
 * @param finalized whether the function's finalizer was called and did its work
 * @param interrupted whether the run ended early because its thread was interrupted or the runner was closed
 * @param problems what went wrong, batch by batch, in the function's own words, which may tell of rows; each message is
 *     cut to 200 bytes, and what is left out is counted
 * @param failure what ended the run early, such as a queue that cannot be read; null if nothing did
 */
public record PushReport(
        String target,
        int batches,
        long delivered,
        long warned,
        long failed,
        long rejected,
        long blocked,
        boolean finalized,
        boolean interrupted,
        List<String> problems,
        @Nullable Throwable failure) {
    public PushReport {
        problems = List.copyOf(problems);
    }

    /** Whether nothing failed, was rejected, or was left behind. Warnings do not count. */
    public boolean isClean() {
        return failed == 0 && rejected == 0 && blocked == 0 && !interrupted && problems.isEmpty() && failure == null;
    }

    /** The counts alone: problems may tell of rows. */
    @Override
    public String toString() {
        return "PushReport(" + target + ": " + delivered + " delivered (" + warned + " with a warning), " + failed
                + " failed, " + rejected + " rejected, " + blocked + " blocked, " + problems.size() + " problems in "
                + batches + " batches" + (interrupted ? ", interrupted" : "")
                + (failure == null ? "" : ", ended by " + failure.getClass().getSimpleName()) + ")";
    }
}
