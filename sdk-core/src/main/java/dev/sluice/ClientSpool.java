package dev.sluice;

import dev.sluice.batch.Batch;
import dev.sluice.batch.BatchId;
import dev.sluice.receipt.DeadLetterStore;
import dev.sluice.spool.Spool;
import dev.sluice.spool.SpoolException;
import java.util.List;

/**
 * The spool of a client, for those that move a cursor of their own behind it: whatever it has taken is safe, and is
 * delivered by the client without them.
 *
 * <p>Safe for use by several threads; every method throws {@link SpoolException} if the spool fails.
 */
public final class ClientSpool {
    private final Pushes pushes;
    private final Depot depot;

    ClientSpool(Pushes pushes, Depot depot) {
        this.pushes = pushes;
        this.depot = depot;
    }

    /**
     * Takes a batch in and returns as soon as it is safe. Its id is remembered until {@link #forget}, also when the batch
     * is delivered, so that after a crash in between the same batch can be brought again and is not taken twice.
     *
     * @return false if the id is known already, so that there was nothing to do
     * @throws SpoolException.Full if there is no room for it within {@link StreamClient.Builder#maxBlock}
     * @throws BufferFullException if the client has no room for it in memory within {@link
     *     StreamClient.Builder#maxBlock}
     * @throws ClosedException if the client was closed before
     */
    public boolean put(Batch batch) {
        return pushes.spool(depot, batch);
    }

    /** Whether the batch is here, or was and is remembered: then it is safe, and need not be brought again. */
    public boolean knows(BatchId batch) {
        return depot.spool().knows(batch);
    }

    /**
     * The caller's cursor is past the batch for good: its id need not be remembered any more. A crash just before this
     * leaves the id there, which does no harm.
     */
    public void forget(BatchId batch) {
        depot.spool().forget(batch);
    }

    /** What waits, by table. */
    public List<Spool.Backlog> backlog() {
        return depot.spool().backlog();
    }

    /** The dead letters that are kept here: all of them where the client has no other hook. */
    public DeadLetterStore deadLetters() {
        return depot.spool().deadLetters();
    }
}
