package dev.sluice.testkit;

import dev.sluice.Timing;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;

/**
 * Time that moves when a test says so: a client that waits for an hour goes on as soon as the hour is {@link #advance
 * stepped} over.
 *
 * <p>Safe for use by several threads.
 */
public final class ManualClock implements Timing {
    /** The wall clock of every new ManualClock. */
    public static final Instant START = Instant.parse("2026-01-15T10:00:00Z");

    /** How long a waiter sleeps before it looks at the clock again; the clock has no lock of theirs to wake them by. */
    private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /** No setting of a client is longer than a year: what is asks for a signal, not for a time. */
    private static final Duration FOREVER = Duration.ofDays(366);

    /** The number of moves that a thread knew of when it last looked: what it asks for next was reckoned from there. */
    private final ThreadLocal<Long> seen = new ThreadLocal<>();

    // Below zero and soon above it, as System.nanoTime may be.
    private long nanos = -3_000_000_000L;
    private Instant wall = START;
    private long moves;
    private boolean automatic;
    private int waiters;

    /** A clock that stands still at {@link #START}. */
    public ManualClock() {}

    /** Moves the time on, and wakes every thread that waits for it. */
    public synchronized void advance(Duration time) {
        if (time.isNegative()) {
            throw new IllegalArgumentException("time does not go back, found " + time + ": see setWallClock");
        }
        nanos += time.toNanos();
        wall = wall.plus(time);
        moved();
    }

    /** Sets what {@link #now} tells, back or forth, as an operator may; {@link #nanos} does not move. */
    public synchronized void setWallClock(Instant time) {
        wall = time;
    }

    /** From now on a wait takes no time, but moves the clock by what was asked for, unless a signal comes at once. */
    public synchronized ManualClock autoAdvance() {
        automatic = true;
        moved();
        return this;
    }

    /** How many threads wait for the time now. */
    public synchronized int waiters() {
        return waiters;
    }

    /**
     * Waits until that many threads wait for the time, so that a step is not taken before there is somebody to see it.
     *
     * @throws AssertionError if they do not in time
     */
    public synchronized void awaitWaiters(int count, Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (waiters < count) {
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                throw new AssertionError(
                        "expected " + count + " threads to wait within " + patience + ", but " + waiters + " do");
            }
            wait(left);
        }
    }

    @Override
    public synchronized long nanos() {
        look();
        return nanos;
    }

    @Override
    public synchronized Instant now() {
        return wall;
    }

    @Override
    public void await(Condition condition, Duration atMost) throws InterruptedException {
        long due = due(atMost);
        if (!isWaitingFor(due)) {
            look();
            return;
        }
        begin();
        try {
            boolean over = false;
            while (!over) {
                // In automatic mode too: others are to have the lock for a moment, and may have something to say.
                boolean signalled = condition.awaitNanos(SLICE_NANOS) > 0;
                over = signalled || !isWaitingFor(due) || passes(due);
            }
        } finally {
            end();
        }
    }

    private synchronized long due(Duration atMost) {
        if (seen.get() == null) {
            look();
        }
        return nanos + (atMost.compareTo(FOREVER) < 0 ? atMost : FOREVER).toNanos();
    }

    /** Whoever waits for nothing is not counted: a test that looks out for a waiter means one that needs a step. */
    private synchronized void begin() {
        waiters++;
        notifyAll();
    }

    private synchronized void end() {
        waiters--;
        look();
    }

    /** A thread that does not look before it waits again means to wait from here. */
    private synchronized void look() {
        seen.set(moves);
    }

    /** Whether the time has not come, and has not moved either: a thread whose time moved had better look again. */
    private synchronized boolean isWaitingFor(long due) {
        return nanos - due < 0 && seen.get() == moves;
    }

    /** In automatic mode, moves the time to where somebody waits for it. */
    private synchronized boolean passes(long due) {
        boolean known = automatic && due - nanos < FOREVER.toNanos();
        if (known && due - nanos > 0) {
            advance(Duration.ofNanos(due - nanos));
        }
        return known;
    }

    private void moved() {
        moves++;
        notifyAll();
    }
}
