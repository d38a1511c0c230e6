package dev.sluice;

import java.time.Duration;
import java.time.Instant;

/**
 * A point in time, by the clock that measures and by the one on the wall.
 *
 * @param nanos decides
 * @param time is told to people
 */
record Moment(long nanos, Instant time) {
    static Moment of(Timing timing) {
        return new Moment(timing.nanos(), timing.now());
    }

    Duration since(long earlier) {
        return Duration.ofNanos(nanos - earlier);
    }
}
