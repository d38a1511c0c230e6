package dev.sluice;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Time as the client sees it, so that tests can step it by hand. */
interface Timing {
    /** For measuring; never set back. */
    long nanos();

    /** For telling people; may jump. */
    Instant now();

    /** Waits, and returns early when the client is closed. */
    void pause(Duration time) throws InterruptedException;

    /** The machine's time; pauses end when {@code closed} is at zero. */
    static Timing system(CountDownLatch closed) {
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
            public void pause(Duration time) throws InterruptedException {
                boolean ignored = closed.await(time.toNanos(), TimeUnit.NANOSECONDS);
            }
        };
    }
}
