package dev.sluice.jdbc.source;

import java.time.Duration;

/** The time between two tries, which may be cut short; called by several threads at once. */
public interface Patience {
    /** Nanoseconds from an arbitrary beginning, for measuring. */
    long nanos();

    /**
     * Waits.
     *
     * @return whether to go on; false at once if the thread is interrupted, whose flag stays, or nothing is to be begun
     *     any more
     */
    boolean pause(Duration time);
}
