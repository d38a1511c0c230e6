package dev.sluice;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;

/**
 * Time as a client sees it: waits between attempts, deadlines and lingering batches go by it. The machine's own time
 * unless a test brings a clock that it steps by hand.
 *
 * <p>Called by several threads at once.
 */
public interface Timing {
    /** Nanoseconds from an arbitrary beginning, for measuring: never set back. */
    long nanos();

    /** The wall clock, for telling people when something was: it may jump, and nothing is decided by it. */
    Instant now();

    /**
     * Waits until {@code condition} is signalled or the time is over, whichever comes first; may return early. The
     * caller holds the condition's lock. Only the client's own threads call this, when nothing is due before.
     */
    void await(Condition condition, Duration atMost) throws InterruptedException;

    /** The machine's time. */
    static Timing system() {
        return new Timing() {
            @Override
            public long nanos() {
                return System.nanoTime();
            }

            @Override
            public Instant now() {
                return Clock.systemUTC().instant();
            }

            @Override
            @SuppressWarnings("WaitNotInLoop") // whoever waits looks again
            public void await(Condition condition, Duration atMost) throws InterruptedException {
                boolean ignored = condition.await(atMost.toNanos(), TimeUnit.NANOSECONDS);
            }
        };
    }
}
