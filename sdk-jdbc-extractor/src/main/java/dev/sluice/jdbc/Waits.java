package dev.sluice.jdbc;

import dev.sluice.Timing;
import dev.sluice.jdbc.source.Patience;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Every wait of an extractor; all of them end at once when it is stopped. Thread-safe. */
final class Waits implements Patience {
    private final Timing timing;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition stops = lock.newCondition();
    private volatile boolean stopped;

    Waits(Timing timing) {
        this.timing = timing;
    }

    /** For good: waits that are begun later end at once too. */
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
        return stopped;
    }

    /** Whether something new may be begun. */
    boolean goesOn() {
        return !stopped && !Thread.currentThread().isInterrupted();
    }

    @Override
    public long nanos() {
        return timing.nanos();
    }

    /** The time on the wall, for telling people. */
    Instant now() {
        return timing.now();
    }

    @Override
    public boolean pause(Duration time) {
        long end = timing.nanos() + time.toNanos();
        lock.lock();
        try {
            for (long left = end - timing.nanos(); left > 0 && goesOn(); left = end - timing.nanos()) {
                timing.await(stops, Duration.ofNanos(left));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
        return goesOn();
    }
}
