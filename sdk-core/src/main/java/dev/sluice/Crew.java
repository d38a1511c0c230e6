package dev.sluice;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Who does the dispatcher's work, and how others wait for it. */
interface Crew {
    /** There is something to do, now or at a later time. The dispatcher's lock is held. */
    void wake();

    /** Something has ended that {@link #await} may wait for. The dispatcher's lock is held. */
    void tell();

    /**
     * Waits until {@code done} says so, or the time is over; {@code done} is asked under the dispatcher's lock.
     *
     * @return what {@code done} said last
     */
    boolean await(BooleanSupplier done, Duration atMost) throws InterruptedException;

    /** Ends every thread; what is under way is ended by others. */
    void close();

    /** Makes the crew of a dispatcher. */
    interface Maker {
        Crew of(Dispatcher dispatcher);
    }
}
