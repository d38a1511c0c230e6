package dev.sluice;

import dev.sluice.receipt.Receipt;

/** Puts a failed push into an exception: what happened, to how many rows, and what to do next. */
final class Failures {
    private Failures() {}

    static PushException of(Problem problem, Receipt receipt) {
        String what = receipt.undelivered() + " of " + receipt.submitted() + " rows for " + receipt.table()
                + " were not delivered. batch " + problem.part().batch() + ": "
                + problem.part().message() + ". ";
        return switch (problem.kind()) {
            case UNKNOWN ->
                new PushException.OutcomeUnknown(
                        what + "They may have been written all the same: push them again under the same id", receipt);
            case UNAUTHORIZED ->
                new PushException.Unauthorized(
                        what + "Check that the API key is right, current and allowed to write, then push them again",
                        receipt);
            case REFUSED, TOO_LARGE, INVALID ->
                new PushException.Rejected(
                        what + "Mend the rows, or set a dead-letter hook that keeps them" + hook(problem), receipt);
            case PARTIAL ->
                new PushException.PartlyWritten(
                        what + "Compare the table with the rows before pushing them again" + hook(problem), receipt);
            case STOPPED ->
                new PushException.Stopped(
                        what + "Check the address, the table and the settings, then push them again", receipt);
            case ABORTED -> new PushException.Aborted(what + "Push them again", receipt);
            default -> new PushException.Undelivered(what + "Push them again when the API answers", receipt);
        };
    }

    private static String hook(Problem problem) {
        return problem.hookFailure() == null ? "" : " (the one that is set failed, see the suppressed exception)";
    }
}
