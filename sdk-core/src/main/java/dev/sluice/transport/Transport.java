package dev.sluice.transport;

import dev.sluice.batch.Batch;
import java.time.Duration;

/**
 * Makes one attempt to deliver a batch. Retries, splits and dead letters are decided elsewhere, from the {@link Reply}.
 *
 * <p>Called by several threads at once.
 */
public interface Transport extends AutoCloseable {
    /**
     * Sends the batch once and waits for the answer.
     *
     * <p>Never sends it twice, and never throws for what a network or a server does: that is a {@link Reply}.
     *
     * @param timeout the most time this attempt may take, from connecting to the end of the answer
     */
    Reply send(Batch batch, Duration timeout);

    /** Lets go of sockets and threads; a {@link #send} that is under way ends soon. */
    @Override
    void close();
}
