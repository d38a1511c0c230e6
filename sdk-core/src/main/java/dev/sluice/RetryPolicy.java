package dev.sluice;

import java.time.Duration;

/**
 * How often and how long a batch is tried.
 *
 * <p>Between attempts the client waits a random time between zero and a bound that doubles from {@code initialBackoff}
 * to {@code maxBackoff} (full jitter), or as long as the API's {@code Retry-After} says: a wait asked for by the API is
 * kept to at most 5 minutes and does not count as an attempt. A wait that would end past the deadline is not begun.
 *
 * @param maxAttempts attempts a batch gets, the first included; at least 1
 * @param initialBackoff the bound of the first wait
 * @param maxBackoff the bound that no wait exceeds
 * @param deadline the time from the beginning of a batch's first attempt to the end of its last
 */
public record RetryPolicy(int maxAttempts, Duration initialBackoff, Duration maxBackoff, Duration deadline) {
    /** 8 attempts within 2 minutes, waiting up to 500 ms at first and up to 30 s later. */
    public static final RetryPolicy DEFAULT =
            new RetryPolicy(8, Duration.ofMillis(500), Duration.ofSeconds(30), Duration.ofMinutes(2));

    public RetryPolicy {
        if (maxAttempts < 1) {
            throw new IllegalArgumentException("maxAttempts must be at least 1, found " + maxAttempts);
        }
        if (initialBackoff.isNegative() || initialBackoff.isZero() || initialBackoff.compareTo(maxBackoff) > 0) {
            throw new IllegalArgumentException("initialBackoff must be more than 0 and at most maxBackoff, found "
                    + initialBackoff + " and " + maxBackoff);
        }
        if (maxBackoff.compareTo(Duration.ofDays(365)) > 0) {
            throw new IllegalArgumentException("maxBackoff must be at most 365 days, found " + maxBackoff);
        }
        if (deadline.isNegative() || deadline.isZero() || deadline.compareTo(Duration.ofDays(365)) > 0) {
            throw new IllegalArgumentException("deadline must be more than 0 and at most 365 days, found " + deadline);
        }
    }

    /** The same, with another number of attempts. */
    public RetryPolicy withMaxAttempts(int attempts) {
        return new RetryPolicy(attempts, initialBackoff, maxBackoff, deadline);
    }

    /** The same, with other bounds of the waits. */
    public RetryPolicy withBackoff(Duration initial, Duration max) {
        return new RetryPolicy(maxAttempts, initial, max, deadline);
    }

    /** The same, with another deadline. */
    public RetryPolicy withDeadline(Duration atMost) {
        return new RetryPolicy(maxAttempts, initialBackoff, maxBackoff, atMost);
    }

    /** The bound of the wait after the given number of failed attempts, at least 1, before jitter. */
    public Duration bound(int failures) {
        // Past 2^62 every bound has met its cap, for it began with a nanosecond and the cap fits a long.
        long factor = 1L << Math.min(failures - 1, 62);
        boolean capped = initialBackoff.compareTo(maxBackoff.dividedBy(factor)) > 0;
        return capped ? maxBackoff : initialBackoff.multipliedBy(factor);
    }
}
