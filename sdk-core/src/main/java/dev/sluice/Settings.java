package dev.sluice;

import dev.sluice.batch.BatchPolicy;
import dev.sluice.receipt.DeadLetters;
import dev.sluice.row.RowMapper;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a client was built with, for its parts to read. */
record Settings(
        Timing timing,
        Listeners listeners,
        RowMapper mapper,
        BatchPolicy batches,
        RetryPolicy retries,
        UnknownPolicy unknown,
        @Nullable DeadLetters deadLetters,
        Gate.Settings gate,
        Gate.Settings tableGate,
        int maxInFlight,
        Duration maxBlock) {

    /** A batch that nobody may send again has to go somewhere. */
    static void checkHook(UnknownPolicy unknown, @Nullable DeadLetters hook) {
        if (unknown == UnknownPolicy.DEAD_LETTER && hook == null) {
            throw new IllegalArgumentException(
                    "onUnknown is DEAD_LETTER and deadLetters is not set: set a hook, or choose RETRY or HOLD");
        }
    }

    /** What is in a spool does not remember more than its destination. */
    static void checkNoSpool(String whose, @Nullable UnknownPolicy own, @Nullable Depot depot) {
        if (own != null && depot != null) {
            throw new IllegalArgumentException("onUnknown " + own + " of " + whose
                    + " excludes the client's spool: set it for the client, which all rows of the spool follow");
        }
    }

    /** For rows whose caller has them still. */
    Terms push(@Nullable UnknownPolicy other, boolean buriesUndelivered) {
        return Terms.push(retries, checked(other), deadLetters, buriesUndelivered);
    }

    /** For rows that nobody else has. */
    Terms buffered(@Nullable UnknownPolicy other) {
        return Terms.buffered(retries, checked(other), deadLetters);
    }

    /** For what a spool has; there is a hook then, its own if no other. */
    Terms spooled() {
        return Terms.spooled(retries, unknown, Objects.requireNonNull(deadLetters));
    }

    private UnknownPolicy checked(@Nullable UnknownPolicy other) {
        UnknownPolicy policy = other == null ? unknown : other;
        checkHook(policy, deadLetters);
        return policy;
    }
}
