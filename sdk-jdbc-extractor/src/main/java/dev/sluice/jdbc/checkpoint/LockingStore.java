package dev.sluice.jdbc.checkpoint;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A store that one runner at a time may save to; its kinds say what keeps the others out. */
abstract class LockingStore<H extends LockingStore.Hold> implements CheckpointStore {
    private static final Duration STEP = Duration.ofMillis(200);

    /** What the runner has that others have not. */
    interface Hold {
        /** Lets the next one in. */
        void release();
    }

    /**
     * What one try for the lock came to.
     *
     * @param hold null if another runner has it
     * @param holder that runner, or this one
     */
    record Attempt<H>(@Nullable H hold, String holder) {}

    /** Two runners in one process may share this object; no outer lock can tell them apart. */
    private final AtomicBoolean taken = new AtomicBoolean();

    private volatile @Nullable Attempt<H> current;

    @Override
    public final Lock lock(Duration wait) {
        if (wait.isNegative()) {
            throw new IllegalArgumentException("the wait for a lock must not be negative, found " + wait);
        }
        long start = System.nanoTime();
        Attempt<H> attempt = attempt();
        while (attempt.hold() == null) {
            Duration waited = Duration.ofNanos(System.nanoTime() - start);
            Duration left = wait.minus(waited);
            if (left.isNegative() || left.isZero()) {
                throw new CheckpointException(busy(attempt) + "; waited " + waited.toMillis()
                        + " ms; wait for it to end, or give this one checkpoints of its own");
            }
            LockSupport.parkNanos(this, (left.compareTo(STEP) < 0 ? left : STEP).toNanos());
            if (Thread.currentThread().isInterrupted()) {
                throw new CheckpointException(busy(attempt) + "; this one was interrupted while it waited");
            }
            attempt = attempt();
        }
        return handOut(attempt);
    }

    @Override
    public final void save(Checkpoint checkpoint) {
        save(checkpoint, hold());
    }

    @Override
    public final void attach(String source, String destination, String name, byte[] content) {
        attach(new Place(source, destination, name), content, hold());
    }

    @Override
    public final Optional<byte[]> attachment(String source, String destination, String name) {
        return attachment(new Place(source, destination, name));
    }

    @Override
    public final void detach(String source, String destination, String name) {
        detach(new Place(source, destination, name), hold());
    }

    /** Where an attachment is. */
    record Place(String source, String destination, String name) {
        private static final Pattern NAME = Pattern.compile("[A-Za-z0-9.-]{1,100}");

        Place {
            if (!NAME.matcher(name).matches()) {
                throw new IllegalArgumentException(
                        "what is kept beside a checkpoint is named by at most 100 letters, digits, dots and hyphens,"
                                + " found " + name);
            }
        }
    }

    private H hold() {
        Attempt<H> now = current;
        if (now == null || now.hold() == null) {
            throw new CheckpointException("no lock is held on " + place() + ": save between lock() and its close()");
        }
        return now.hold();
    }

    /** Tries once. */
    abstract Attempt<H> tryLock();

    /** @throws CheckpointException if the hold was lost; then nothing was saved */
    abstract void save(Checkpoint checkpoint, H hold);

    /** Keeps an attachment under the same conditions. */
    abstract void attach(Place place, byte[] content, H hold);

    abstract Optional<byte[]> attachment(Place place);

    /** Forgets an attachment under the same conditions. */
    abstract void detach(Place place, H hold);

    /** Where the checkpoints are, for messages. */
    abstract String place();

    private Attempt<H> attempt() {
        if (!taken.compareAndSet(false, true)) {
            Attempt<H> holder = current;
            return new Attempt<>(null, holder == null ? "this very process" : holder.holder());
        }
        boolean locked = false;
        try {
            Attempt<H> attempt = tryLock();
            locked = attempt.hold() != null;
            return attempt;
        } finally {
            taken.set(locked);
        }
    }

    private Lock handOut(Attempt<H> attempt) {
        H hold = Objects.requireNonNull(attempt.hold());
        AtomicBoolean open = new AtomicBoolean(true);
        current = attempt;
        return () -> {
            if (open.getAndSet(false)) {
                current = null;
                try {
                    hold.release();
                } finally {
                    taken.set(false);
                }
            }
        };
    }

    private String busy(Attempt<H> attempt) {
        return "another sync is running on " + place() + ": " + attempt.holder();
    }
}
