package dev.sluice;

import dev.sluice.receipt.DeadLetters;
import org.jspecify.annotations.Nullable;

/**
 * What was agreed with whoever handed rows in: how long to try, and what to do with rows that cannot be delivered.
 *
 * @param unknown what follows an attempt without a readable answer
 * @param endless whether attempts go on until they succeed or are aborted, for nobody else has the rows
 * @param waitsForKey whether a refused key stops the clock of the deadline
 * @param buriesUndelivered whether rows go to the dead letters when attempts or time run out
 * @param spooled whether rows that are given up go back to the spool
 * @param deadLetters takes what cannot be delivered; without it that stays with the caller
 */
record Terms(
        RetryPolicy retries,
        UnknownPolicy unknown,
        boolean endless,
        boolean waitsForKey,
        boolean buriesUndelivered,
        boolean spooled,
        @Nullable DeadLetters deadLetters) {

    boolean hasHook() {
        return deadLetters != null;
    }

    /** For a caller who waits for the outcome and has the rows. */
    static Terms push(
            RetryPolicy retries, UnknownPolicy unknown, @Nullable DeadLetters hook, boolean buriesUndelivered) {
        return new Terms(retries, unknown, false, false, buriesUndelivered, false, hook);
    }

    /** For a buffer that has the only copy of the rows: given up only where there is a hook to take them. */
    static Terms buffered(RetryPolicy retries, UnknownPolicy unknown, @Nullable DeadLetters hook) {
        return new Terms(retries, unknown, hook == null, true, true, false, hook);
    }

    /** For what a spool has, which keeps it for as long as it takes. */
    static Terms spooled(RetryPolicy retries, UnknownPolicy unknown, DeadLetters hook) {
        return new Terms(retries, unknown, true, true, true, true, hook);
    }
}
