package dev.sluice.push;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Counts what a run does. Safe for use by several threads. */
final class RunBook {
    /** How many messages of a batch are told, and how many problems of a run. */
    private static final int MESSAGES = 3;

    private static final int PROBLEMS = 20;

    private final String target;
    private final List<String> problems = new ArrayList<>();
    private int batches;
    private int moreProblems;
    private long delivered;
    private long warned;
    private long failed;
    private long rejected;
    private boolean interrupted;
    private @Nullable Throwable failure;

    RunBook(String target) {
        this.target = target;
    }

    /** The number of the next batch, counted from 1. */
    synchronized int begin() {
        return ++batches;
    }

    /** A batch is settled, row by row. */
    synchronized void settled(PushBatch batch, List<RowOutcome> outcomes) {
        long batchFailed = count(outcomes, RowOutcome.Failed.class);
        long batchRejected = count(outcomes, RowOutcome.Rejected.class);
        long batchDelivered = outcomes.size() - batchFailed - batchRejected;
        delivered += batchDelivered;
        warned += count(outcomes, RowOutcome.Warned.class);
        failed += batchFailed;
        rejected += batchRejected;
        if (batchFailed + batchRejected > 0) {
            String counts = batchDelivered + " ok, " + batchFailed + " failed, " + batchRejected + " rejected: ";
            problem(batch, counts + messages(batch, outcomes));
        }
    }

    /** A batch failed as a whole. */
    synchronized void failed(PushBatch batch, String problem) {
        int rows = batch.rows().size();
        failed += rows;
        problem(batch, rows + " failed: " + Clip.clip(problem));
    }

    synchronized void problem(String problem) {
        if (problems.size() < PROBLEMS) {
            problems.add(problem);
        } else {
            moreProblems++;
        }
    }

    synchronized void interrupted() {
        interrupted = true;
    }

    synchronized void failure(Throwable cause) {
        if (failure == null) {
            failure = cause;
        } else if (failure != cause) {
            failure.addSuppressed(cause);
        }
    }

    synchronized long failed() {
        return failed;
    }

    synchronized PushReport report(long blocked, boolean finalized) {
        List<String> told = new ArrayList<>(problems);
        if (moreProblems > 0) {
            told.add("+" + moreProblems + " more");
        }
        return new PushReport(
                target, batches, delivered, warned, failed, rejected, blocked, finalized, interrupted, told, failure);
    }

    private void problem(PushBatch batch, String problem) {
        problem("batch " + batch.number() + " (" + batch.id() + "): " + problem);
    }

    private static String messages(PushBatch batch, List<RowOutcome> outcomes) {
        List<String> messages = new ArrayList<>();
        for (int i = 0; i < outcomes.size(); i++) {
            String key = batch.rows().get(i).key();
            if (outcomes.get(i) instanceof RowOutcome.Failed error) {
                messages.add(key + " " + Clip.clip(error.message()));
            } else if (outcomes.get(i) instanceof RowOutcome.Rejected reject) {
                messages.add(key + " rejected, " + Clip.clip(reject.message()));
            }
        }
        int more = messages.size() - MESSAGES;
        return more > 0
                ? String.join("; ", messages.subList(0, MESSAGES)) + "; +" + more + " more"
                : String.join("; ", messages);
    }

    private static long count(List<RowOutcome> outcomes, Class<? extends RowOutcome> type) {
        return outcomes.stream().filter(type::isInstance).count();
    }
}
