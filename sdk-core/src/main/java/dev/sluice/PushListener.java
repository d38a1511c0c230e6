package dev.sluice;

import dev.sluice.batch.Batch;
import dev.sluice.receipt.Receipt;
import java.time.Duration;

/**
 * Hears of what a client does, for metrics and progress.
 *
 * <p>Called on the thread that delivers, never under a lock, possibly by several threads at once. What a listener
 * throws is logged and changes nothing.
 */
public interface PushListener {
    /**
     * An attempt failed and another one follows after a wait.
     *
     * @param batch what is being delivered
     * @param attempt the number of the attempt that failed, counted from 1
     * @param reason what went wrong
     * @param wait the time until the next attempt
     */
    default void retrying(Batch batch, int attempt, String reason, Duration wait) {}

    /** A piece of a push has come to its end, good or bad; its request's time is {@code elapsed}. */
    default void ended(Batch batch, Receipt.Part part, Duration elapsed) {}
}
