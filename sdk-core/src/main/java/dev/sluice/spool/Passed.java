package dev.sluice.spool;

import java.lang.ref.WeakReference;
import java.util.Set;

/**
 * How far the claims of one run need not look again: what is behind stays there as long as the same events are left out.
 *
 * <p>A run over a backlog that fails would otherwise look at all of it in every claim. Nothing depends on it but time,
 * and that an event which somebody else puts back meanwhile may wait for the next run.
 */
final class Passed {
    /** The set itself, which the run lets grow; it is not kept from being forgotten. */
    private final WeakReference<Set<Long>> except;

    private long batch;
    private long event;

    Passed(Set<Long> except) {
        this.except = new WeakReference<>(except);
    }

    boolean isFor(Set<Long> others) {
        return except.get() == others;
    }

    /** The number of the last batch that needs no look. */
    long batch() {
        return batch;
    }

    void passBatch(long number) {
        batch = number;
    }

    /** The sequence of the last pending event that needs no look. */
    long event() {
        return event;
    }

    void passEvent(long sequence) {
        event = sequence;
    }
}
