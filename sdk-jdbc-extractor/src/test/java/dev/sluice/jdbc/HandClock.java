package dev.sluice.jdbc;

import dev.sluice.Timing;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;

/** Time that moves when a test says so; who waits looks at it again every millisecond. */
final class HandClock implements Timing {
    static final Instant START = Instant.parse("2026-01-15T10:00:00Z");

    private final AtomicLong nanos = new AtomicLong();
    private final Set<Thread> waiting = ConcurrentHashMap.newKeySet();

    void advance(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    /** Until so many threads wait from now on. */
    void awaitWaiters(int threads) {
        waiting.clear();
        Eventually.until(() -> waiting.size() >= threads);
    }

    @Override
    public long nanos() {
        // Below zero and soon above it, as System.nanoTime may be.
        return nanos.get() - 3_000_000_000L;
    }

    @Override
    public Instant now() {
        return START.plusNanos(nanos.get());
    }

    @Override
    @SuppressWarnings("WaitNotInLoop") // whoever waits looks again
    public void await(Condition condition, Duration atMost) throws InterruptedException {
        waiting.add(Thread.currentThread());
        boolean ignored = condition.await(1, TimeUnit.MILLISECONDS);
    }
}
