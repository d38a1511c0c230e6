package dev.sluice.lake;

import java.time.Duration;

/** Turns away as many requests as it was told to. */
final class Throttle {
    private int remaining;
    private Duration retryAfter = Duration.ZERO;

    synchronized void set(int requests, Duration retryAfter) {
        this.remaining = requests;
        this.retryAfter = retryAfter;
    }

    /** The wait to ask for in whole seconds, rounded up; or -1 when the request may pass. */
    synchronized long secondsToWait() {
        if (remaining == 0) {
            return -1;
        }
        remaining--;
        return retryAfter.plusNanos(999_999_999).toSeconds();
    }
}
