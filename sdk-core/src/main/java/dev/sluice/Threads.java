package dev.sluice;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Daemon threads that do a dispatcher's work: made when there is work, gone after 10 seconds without any.
 *
 * <p>Whenever anything is to be done, now or later, one of them is free and waits for it: a request that takes long
 * holds back no other. The dispatcher's lock guards every field.
 */
final class Threads implements Crew {
    private static final Logger LOG = LoggerFactory.getLogger(Threads.class);

    /** The most requests of a client at once, over all tables. */
    private static final int MOST = 64;

    private static final Duration IDLE = Duration.ofSeconds(10);

    /** How often whoever waits looks whether there is a thread at all, for the machine may have had none left. */
    private static final long LOOK = Duration.ofSeconds(1).toNanos();

    private static final AtomicInteger NAMES = new AtomicInteger();

    private final Dispatcher dispatcher;
    private final Duration idle;
    private final Condition work;
    private final Condition ends;
    private int threads;
    private int free;
    private boolean timed;
    private boolean closed;

    Threads(Dispatcher dispatcher) {
        this(dispatcher, IDLE);
    }

    /** For tests: threads without work go sooner. */
    Threads(Dispatcher dispatcher, Duration idle) {
        this.dispatcher = dispatcher;
        this.idle = idle;
        this.work = dispatcher.lock().newCondition();
        this.ends = dispatcher.lock().newCondition();
    }

    @Override
    public void wake() {
        if (free > 0) {
            // All of them: the one that waits for a time has to look whether that is still the next one.
            work.signalAll();
        } else if (threads < MOST) {
            start();
        }
    }

    @Override
    public void tell() {
        ends.signalAll();
    }

    @Override
    public boolean await(BooleanSupplier done, Duration atMost) throws InterruptedException {
        long left = atMost.toNanos();
        dispatcher.lock().lockInterruptibly();
        try {
            while (!done.getAsBoolean()) {
                if (left <= 0) {
                    return false;
                }
                if (threads == 0 && dispatcher.dueIn().isPresent()) {
                    wake();
                }
                long slice = Math.min(left, LOOK);
                left -= slice - ends.awaitNanos(slice);
            }
            return true;
        } finally {
            dispatcher.lock().unlock();
        }
    }

    @Override
    public void close() {
        dispatcher.lock().lock();
        try {
            closed = true;
            work.signalAll();
        } finally {
            dispatcher.lock().unlock();
        }
    }

    private void start() {
        Thread thread = new Thread(this::work, "sluice-" + NAMES.incrementAndGet());
        thread.setDaemon(true);
        try {
            thread.start();
            threads++;
        } catch (OutOfMemoryError e) {
            // The machine gives no more threads. The work stays where it is, for those there are, or the next wake.
            LOG.error("No thread can be started; {} go on", threads, e);
        }
    }

    private void work() {
        dispatcher.lock().lock();
        try {
            boolean goesOn = true;
            while (goesOn) {
                Optional<Runnable> job = dispatcher.take();
                if (job.isPresent()) {
                    run(job.get());
                } else {
                    goesOn = rest() || isNeeded();
                }
            }
        } finally {
            threads--;
            dispatcher.lock().unlock();
        }
    }

    /** Runs the job without the lock, leaving another thread to wait for what else is due. */
    private void run(Runnable job) {
        if (dispatcher.dueIn().isPresent()) {
            wake();
        }
        dispatcher.lock().unlock();
        try {
            job.run();
        } catch (Throwable e) {
            LOG.error("A delivery thread met a failure and goes on", e);
        } finally {
            // Whatever the user's code left behind must not end the next wait.
            boolean ignored = Thread.interrupted();
            dispatcher.lock().lock();
        }
    }

    /** Whether work came while the thread was about to go: it counted as free then, and had stopped listening. */
    private boolean isNeeded() {
        return !closed && free == 0 && dispatcher.dueIn().isPresent();
    }

    /** Waits for work, perhaps in vain; false when the thread is not needed any more. */
    @SuppressWarnings("WaitNotInLoop") // the loop is the caller's
    private boolean rest() {
        Optional<Duration> due = dispatcher.dueIn();
        boolean leads = due.isPresent() && !timed;
        timed |= leads;
        free++;
        try {
            if (closed) {
                return false;
            }
            if (leads) {
                dispatcher.timing().await(work, due.get());
                return true;
            }
            return work.await(idle.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            return true;
        } finally {
            free--;
            timed &= !leads;
        }
    }
}
