package dev.sluice.push;

import dev.sluice.RateLimit;
import dev.sluice.Timing;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the pace: hands out places within the rate limit, and waits. A wait ends early, with an {@code
 * InterruptedException}, when its thread is interrupted or the pace is stopped.
 */
final class Pace {
    /** The runner was closed: nobody has interrupted the thread. */
    static final class Stopped extends InterruptedException {
        private static final long serialVersionUID = 1L;

        private Stopped() {
            super("the runner was stopped");
        }
    }

    private final Timing timing;
    private final @Nullable RateLimit limit;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition stops = lock.newCondition();
    private boolean stopped;
    private boolean begun;
    private long periodStart;
    private int taken;

    Pace(Timing timing, @Nullable RateLimit limit) {
        this.timing = timing;
        this.limit = limit;
    }

    void pause(Duration time) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long end = timing.nanos() + time.toNanos();
            checkNotStopped();
            for (long left = end - timing.nanos(); left > 0; left = end - timing.nanos()) {
                timing.await(stops, Duration.ofNanos(left));
                checkNotStopped();
            }
        } finally {
            lock.unlock();
        }
    }

    void stop() {
        lock.lock();
        try {
            stopped = true;
            stops.signalAll();
        } finally {
            lock.unlock();
        }
    }

    boolean isStopped() {
        lock.lock();
        try {
            return stopped;
        } finally {
            lock.unlock();
        }
    }

    /** Ends what is under way if the pace is stopped. */
    void checkNotStopped() throws Stopped {
        if (isStopped()) {
            throw new Stopped();
        }
    }

    /** Takes a place; the result is the time until then. A period begins full; the next one begins when it is over. */
    Duration reserve() {
        if (limit == null) {
            return Duration.ZERO;
        }
        lock.lock();
        try {
            long now = timing.nanos();
            long period = limit.period().toNanos();
            if (!begun || now - periodStart >= period) {
                begun = true;
                periodStart = now;
                taken = 0;
            } else if (taken == limit.requests()) {
                periodStart += period;
                taken = 0;
            }
            taken++;
            return Duration.ofNanos(Math.max(0, periodStart - now));
        } finally {
            lock.unlock();
        }
    }
}
