package dev.sluice;

import dev.sluice.spool.SpoolException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is to be noted in the spool: at once if that is possible, otherwise as soon as it is, one after the other. */
final class Notes {
    private static final Logger LOG = LoggerFactory.getLogger(Notes.class);

    private final Consumer<SpoolException> trouble;
    private final Object noting = new Object();

    /** Guarded by this. */
    private final Deque<Runnable> late = new ArrayDeque<>();

    /**
     * No notes yet.
     *
     * @param trouble hears of a spool that fails
     */
    Notes(Consumer<SpoolException> trouble) {
        this.trouble = trouble;
    }

    void note(Runnable change) {
        if (isLate(change)) {
            return;
        }
        try {
            change.run();
        } catch (SpoolException e) {
            add(change);
            trouble.accept(e);
        } catch (RuntimeException e) {
            refused(e);
        }
    }

    /** Whether the spool knows of everything that became of batches. */
    synchronized boolean isEmpty() {
        return late.isEmpty();
    }

    /**
     * Catches up; by one thread at a time.
     *
     * @throws SpoolException if it fails still; what is not noted stays
     */
    void catchUp() {
        synchronized (noting) {
            for (Optional<Runnable> next = first(); next.isPresent(); next = first()) {
                noteAgain(next.get());
            }
        }
    }

    /** Stays the first until it is done, so that no later one comes before it. */
    private void noteAgain(Runnable change) {
        try {
            change.run();
        } catch (SpoolException e) {
            throw e;
        } catch (RuntimeException e) {
            refused(e);
        }
        remove(change);
    }

    /** What a spool refuses for another reason than a failure of its own, it would refuse again. */
    private static void refused(RuntimeException e) {
        LOG.error("The spool did not take what became of a batch, which may be sent again under its id", e);
    }

    private synchronized boolean isLate(Runnable change) {
        return !late.isEmpty() && late.add(change);
    }

    private synchronized void add(Runnable change) {
        late.add(change);
    }

    private synchronized void remove(Runnable change) {
        late.remove(change);
    }

    private synchronized Optional<Runnable> first() {
        return Optional.ofNullable(late.peek());
    }
}
