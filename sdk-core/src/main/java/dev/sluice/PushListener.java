package dev.sluice;

import dev.sluice.batch.Batch;
import dev.sluice.receipt.Receipt;
import dev.sluice.transport.Reply;
import java.time.Duration;

/**
 * Hears of what a client does, for metrics and progress.
 *
 * <p>Called on the thread that delivers or that cuts a push off; never under a lock, possibly by several threads at once.
 * What a listener throws is logged and changes nothing.
 */
public interface PushListener {
    /**
     * A request was made, and this is what is known of it; {@link #retrying} or {@link #ended} follows, or neither if
     * the batch is halved and its parts are tried.
     *
     * @param batch what was sent
     * @param reply what came back
     * @param took the time of this one request
     */
    default void attempted(Batch batch, Reply reply, Duration took) {}

    /**
     * An attempt failed and another one follows after a wait.
     *
     * @param batch what is being delivered
     * @param attempt the number of the attempt that failed, counted from 1
     * @param reason what went wrong
     * @param wait the time until the next attempt
     */
    default void retrying(Batch batch, int attempt, String reason, Duration wait) {}

    /**
     * A piece of a push has come to its end, good or bad.
     *
     * @param elapsed the time from its first attempt to the end of its last, waits included; zero if there was none
     */
    default void ended(Batch batch, Receipt.Part part, Duration elapsed) {}
}
