package dev.sluice.jdbc;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Does the same work on several threads at once, the caller's among them, until all are through or one fails. */
final class Team {
    private final String name;
    private @Nullable Throwable failure;

    /** @param name what the threads are called, beside their number */
    Team(String name) {
        this.name = name;
    }

    /** Whether one has failed: the others then end as soon as they can. */
    synchronized boolean hasFailed() {
        return failure != null;
    }

    /**
     * Blocks until the last thread has ended; an interrupt is passed on to the others and kept.
     *
     * @param work ends by itself; an exception of one ends them all, and is thrown here with those of the others
     *     suppressed
     */
    void run(int threads, Runnable work) {
        List<Thread> others = new ArrayList<>();
        for (int i = 2; i <= threads; i++) {
            others.add(new Thread(() -> attempt(work), name + "-" + i));
        }
        others.forEach(Thread::start);
        attempt(work);
        await(others);
        rethrow();
    }

    private void attempt(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            failed(e);
        }
    }

    private synchronized void failed(Throwable e) {
        if (failure == null) {
            failure = e;
        } else if (failure != e) {
            failure.addSuppressed(e);
        }
    }

    private static void await(List<Thread> others) {
        boolean interrupted = false;
        for (Thread one : others) {
            while (one.isAlive()) {
                try {
                    one.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                    others.forEach(Thread::interrupt);
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void rethrow() {
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure instanceof RuntimeException exception) {
            throw exception;
        }
    }
}
