package dev.sluice.push;

import dev.sluice.batch.BatchId;
import dev.sluice.spool.PushQueue;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Keeps a batch's job with the batch, and here as long as the queue has not taken it. Safe for use by several threads. */
final class JobReferences {
    /** A job that is not known any more cannot be polled, and its batch would be handed to a second one. */
    private final Map<BatchId, String> unsaved = new ConcurrentHashMap<>();

    /** The job of the claim's batch; null if it has none. */
    @Nullable
    String of(PushQueue.Claim claim) {
        String job = claim.job();
        return job == null ? unsaved.get(claim.batch()) : job;
    }

    /** False if the claim has ended. What the queue throws comes out, and the reference stays here. */
    boolean save(PushQueue queue, PushQueue.Claim claim, String job) {
        if (job.equals(claim.job())) {
            return true;
        }
        unsaved.put(claim.batch(), job);
        boolean saved = queue.saveJob(claim, job);
        if (saved) {
            unsaved.remove(claim.batch());
        }
        return saved;
    }
}
