package dev.sluice.jdbc;

import dev.sluice.Timing;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;

/** Waits that take no time: what a test wants to happen meanwhile happens, and the clock has moved. */
final class SteppedTiming implements Timing {
    private final List<Duration> waits = new CopyOnWriteArrayList<>();
    private final AtomicLong nanos = new AtomicLong(-3_000_000_000L);
    private volatile Runnable meanwhile = () -> {};

    void meanwhile(Runnable action) {
        meanwhile = action;
    }

    List<Duration> waits() {
        return waits;
    }

    @Override
    public long nanos() {
        return nanos.get();
    }

    @Override
    public Instant now() {
        return Instant.ofEpochSecond(1_768_471_200L, nanos.get());
    }

    @Override
    public void await(Condition condition, Duration atMost) {
        waits.add(atMost);
        meanwhile.run();
        nanos.addAndGet(atMost.toNanos());
    }
}
