package dev.sluice.lake;

import java.time.Duration;

/** Counts the requests that are being answered, and lets none in once it is shut. */
final class Gate {
    private int inside;
    private boolean shut;

    synchronized boolean enter() {
        if (shut) {
            return false;
        }
        inside++;
        return true;
    }

    synchronized void leave() {
        inside--;
        notifyAll();
    }

    /** Blocks until the last request has left, or the patience is at its end. */
    synchronized void shut(Duration patience) throws InterruptedException {
        shut = true;
        long end = System.nanoTime() + patience.toNanos();
        long left = patience.toMillis();
        while (inside > 0 && left > 0) {
            wait(left);
            left = (end - System.nanoTime()) / 1_000_000;
        }
    }
}
