package dev.sluice;

import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Does the dispatcher's work on the thread that waits for it, one job after the other, on a clock that is stepped. */
final class SteppedCrew implements Crew {
    private final Dispatcher dispatcher;
    private final ManualTiming timing;

    SteppedCrew(Dispatcher dispatcher, ManualTiming timing) {
        this.dispatcher = dispatcher;
        this.timing = timing;
    }

    @Override
    public void wake() {}

    @Override
    public void tell() {}

    @Override
    public void close() {}

    @Override
    public boolean await(BooleanSupplier done, Duration atMost) throws InterruptedException {
        long until = timing.nanos() + atMost.toNanos();
        while (!locked(done::getAsBoolean)) {
            if (Thread.interrupted()) {
                throw new InterruptedException("interrupted while waiting");
            }
            Optional<Runnable> job = locked(dispatcher::take);
            if (job.isPresent()) {
                job.get().run();
            } else if (!step(until)) {
                return locked(done::getAsBoolean);
            }
        }
        return true;
    }

    /** Moves the clock to the next thing to do; false if there is none before the wait is over. */
    private boolean step(long until) {
        Optional<Duration> due = locked(dispatcher::dueIn);
        Duration left = Duration.ofNanos(Math.max(0, until - timing.nanos()));
        if (due.isEmpty() || due.get().compareTo(left) > 0) {
            timing.advance(left);
            return false;
        }
        timing.pause(due.get());
        return true;
    }

    private <T> T locked(Supplier<T> action) {
        dispatcher.lock().lock();
        try {
            return action.get();
        } finally {
            dispatcher.lock().unlock();
        }
    }
}
