package dev.sluice;

import java.time.Duration;

/** Checks times that callers set. */
final class Durations {
    /** Longer than any program waits, and short enough to be counted in nanoseconds. */
    static final Duration FOR_EVER = Duration.ofDays(36_500);

    private Durations() {}

    static Duration notNegative(String name, Duration value) {
        if (value.isNegative() || value.compareTo(FOR_EVER) > 0) {
            throw new IllegalArgumentException(name + " must be 0 to 36500 days, found " + value);
        }
        return value;
    }
}
