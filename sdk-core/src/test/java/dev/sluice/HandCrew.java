package dev.sluice;

import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Does nothing by itself: a test takes the work out, and says what happens while someone waits. */
final class HandCrew implements Crew {
    private final Dispatcher dispatcher;
    private BooleanSupplier meanwhile = () -> false;
    private boolean closed;

    HandCrew(Dispatcher dispatcher) {
        this.dispatcher = dispatcher;
    }

    /** Goes one step on while someone waits; false if nothing more is going to happen. */
    void meanwhile(BooleanSupplier step) {
        meanwhile = step;
    }

    Optional<Runnable> take() {
        return locked(dispatcher::take);
    }

    Optional<Duration> dueIn() {
        return locked(dispatcher::dueIn);
    }

    boolean isIdle() {
        return dispatcher.isIdle();
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public void wake() {}

    @Override
    public void tell() {}

    @Override
    public void close() {
        closed = true;
    }

    @Override
    public boolean await(BooleanSupplier done, Duration atMost) throws InterruptedException {
        boolean over = false;
        while (!locked(done::getAsBoolean)) {
            if (Thread.interrupted()) {
                throw new InterruptedException("interrupted while waiting");
            }
            if (over) {
                return false;
            }
            over = atMost.isZero() || !meanwhile.getAsBoolean();
        }
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
