package dev.sluice.sync;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ends a command that is asked to by Ctrl-C or SIGTERM: behind the page that is on its way, or without it when that
 * takes too long. Neither loses a row, for the next sync begins where this one ended.
 */
final class StopSwitch {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration LAST_PATIENCE = Duration.ofSeconds(5);

    /** What a signal does to a running sync. */
    interface Target {
        /** Lets it end behind the page that is on its way. */
        void stop();

        /** Ends it at once. */
        void abort();
    }

    private final Console console;
    private final Thread hook = new Thread(this::signalled, "stop");
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean listening;
    private volatile boolean halts;
    private volatile boolean stopped;
    private volatile int status = Status.NOT_DELIVERED;
    private volatile Target target = new Target() {
        @Override
        public void stop() {}

        @Override
        public void abort() {}
    };

    StopSwitch(Console console) {
        this.console = console;
    }

    /**
     * Hears of signals from now on.
     *
     * @param halt whether the process then ends with the command's own status rather than the signal's; what others
     *     have to do at the end of the process is then left out
     */
    void listen(boolean halt) {
        if (console.ownsProcess()) {
            halts = halt;
            listening = true;
            Runtime.getRuntime().addShutdownHook(hook);
        }
    }

    boolean isStopped() {
        return stopped;
    }

    /** What is to be stopped from now on. */
    void target(Target running) {
        target = running;
        if (stopped) {
            running.stop();
        }
    }

    /** Says that the command has cleaned up and told everything, and is about to end with this status. */
    void ended(int with) {
        status = with;
        ended.countDown();
        // From within a shutdown the hook cannot be removed, and need not.
        if (listening && !stopped) {
            removeHook();
        }
    }

    private void removeHook() {
        try {
            boolean ignored = Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The signal came in this very moment: the hook finds the command ended.
        }
    }

    private void signalled() {
        stopped = true;
        console.progress("stopping behind the page that is on its way, within " + PATIENCE.toSeconds() + " s");
        target.stop();
        if (!awaitEnd(PATIENCE)) {
            target.abort();
            awaitEnd(LAST_PATIENCE);
        }
        if (halts) {
            // An exit would wait for this very hook, and then give the signal's status.
            Runtime.getRuntime().halt(status);
        }
    }

    private boolean awaitEnd(Duration patience) {
        try {
            return ended.await(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
