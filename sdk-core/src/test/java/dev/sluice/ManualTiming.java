package dev.sluice;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;

/** Time that moves by hand: a pause lasts no time at all and moves the clock by what was asked for. */
final class ManualTiming implements Timing {
    static final Instant START = Instant.parse("2026-01-15T10:00:00Z");

    private final List<Duration> pauses = new ArrayList<>();
    private Runnable duringPause = () -> {};
    private Duration overshoot = Duration.ZERO;
    private long nanos = -3_000_000_000L;
    private Instant now = START;

    /** The pauses that were longer than nothing. */
    List<Duration> pauses() {
        return pauses;
    }

    void duringPause(Runnable action) {
        duringPause = action;
    }

    /** Makes every pause last longer than asked for, as real ones do. */
    void overshoot(Duration by) {
        overshoot = by;
    }

    void advance(Duration time) {
        nanos += time.toNanos();
        now = now.plus(time);
    }

    @Override
    public long nanos() {
        return nanos;
    }

    @Override
    public Instant now() {
        return now;
    }

    /** Sets the clock on the wall, which nothing may be decided by. */
    void setWallClock(Instant time) {
        now = time;
    }

    /** A wait that takes no time at all and moves the clock. */
    void pause(Duration time) {
        if (!time.isZero()) {
            pauses.add(time);
            advance(time.plus(overshoot));
            duringPause.run();
        }
    }

    @Override
    public void await(Condition condition, Duration atMost) {
        throw new AssertionError("stepped time is not waited for");
    }
}
