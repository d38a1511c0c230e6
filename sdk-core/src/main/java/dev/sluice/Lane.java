package dev.sluice;

import dev.sluice.row.WriteMode;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The batches of one table: those that wait for their turn, in order, and those that have begun and wait for their next
 * attempt. Appends go several at a time; a merge goes alone, so that rows of one key arrive in their order.
 *
 * <p>Guarded by the dispatcher's lock.
 */
final class Lane {
    /**
     * A batch that has begun and waits.
     *
     * @param at when its next attempt is due
     * @param since when its piece could have been attempted first
     * @param retry whether an attempt failed before
     * @param turns the places it has within the rate limits: none, the table's, or the client's too
     */
    record Due(Delivery delivery, long at, long since, boolean retry, int turns) {
        /** Whether the batch's time will be over after {@code wait}. */
        boolean isTooLate(Duration wait, Moment at) {
            if (delivery.isTried()) {
                return !delivery.attempts().allows(wait, at);
            }
            Terms terms = delivery.owner().terms();
            return !terms.endless() && at.since(since).compareTo(terms.retries().deadline()) > 0;
        }

        /** How long it may wait for its next place. */
        Duration patience(Moment at) {
            return delivery.isTried() ? delivery.attempts().patience(at) : Durations.FOR_EVER;
        }

        /** Has one place more, for that time. */
        Due withTurn(long nanos) {
            return new Due(delivery, nanos, retry ? since : nanos, retry, turns + 1);
        }

        /** Asks the circuit breaker again at that time; the places it had were for now. */
        Due looksAgain(long nanos) {
            return new Due(delivery, nanos, since, retry, 0);
        }
    }

    private final Gate gate;
    private final int maxInFlight;
    private final Deque<Delivery> queue = new ArrayDeque<>();
    private final List<Due> waiting = new ArrayList<>();
    private int begun;
    private boolean merging;
    private boolean paused;
    private long pausedUntil;

    Lane(Gate gate, int maxInFlight) {
        this.gate = gate;
        this.maxInFlight = maxInFlight;
    }

    Gate gate() {
        return gate;
    }

    void add(Delivery delivery) {
        queue.add(delivery);
    }

    /** A batch that has begun goes on later. */
    void await(Due due) {
        waiting.add(due);
    }

    /** Nothing of this table is tried before. */
    void pauseUntil(long nanos) {
        if (!paused || nanos - pausedUntil > 0) {
            paused = true;
            pausedUntil = nanos;
        }
    }

    /** A batch that had begun has ended. */
    void end() {
        begun--;
        merging = false;
    }

    boolean isIdle() {
        return queue.isEmpty() && begun == 0;
    }

    /** Takes out what may be attempted now: what has begun goes before what has not. */
    Optional<Due> ready(long now) {
        if (isPaused(now)) {
            return Optional.empty();
        }
        Optional<Due> due = waiting.stream()
                .filter(candidate -> candidate.at() - now <= 0)
                .min(Comparator.comparingLong(candidate -> candidate.at() - now));
        due.ifPresent(waiting::remove);
        return due.isPresent() ? due : begin(now);
    }

    /** When {@link #ready} will have something, as far as that depends on time. */
    OptionalLong dueAt(long now) {
        OptionalLong next = mayBegin()
                ? OptionalLong.of(now)
                : waiting.stream().mapToLong(due -> due.at() - now).min();
        if (next.isEmpty()) {
            return next;
        }
        long at = mayBegin() ? now : now + next.getAsLong();
        return OptionalLong.of(isPaused(now) && pausedUntil - at > 0 ? pausedUntil : at);
    }

    /** Takes out what {@code owner} has in the queue. */
    List<Delivery> withdraw(Owner owner) {
        List<Delivery> taken = new ArrayList<>();
        queue.removeIf(delivery -> delivery.owner() == owner && taken.add(delivery));
        return taken;
    }

    /** Takes out what {@code owner} has in the queue and what has begun and waits. */
    List<Delivery> withdrawAll(Owner owner) {
        List<Delivery> taken = new ArrayList<>();
        for (Iterator<Due> all = waiting.iterator(); all.hasNext(); ) {
            Delivery delivery = all.next().delivery();
            if (delivery.owner() == owner) {
                all.remove();
                end();
                taken.add(delivery);
            }
        }
        taken.addAll(withdraw(owner));
        return taken;
    }

    /** Whoever has anything here. */
    Set<Owner> owners() {
        Set<Owner> owners = new HashSet<>();
        queue.forEach(delivery -> owners.add(delivery.owner()));
        waiting.forEach(due -> owners.add(due.delivery().owner()));
        return owners;
    }

    private Optional<Due> begin(long now) {
        if (!mayBegin()) {
            return Optional.empty();
        }
        Delivery next = queue.remove();
        begun++;
        merging = isMerge(next);
        return Optional.of(new Due(next, now, now, false, 0));
    }

    private boolean mayBegin() {
        Delivery next = queue.peek();
        if (next == null || merging) {
            return false;
        }
        return isMerge(next) ? begun == 0 : begun < maxInFlight;
    }

    private boolean isPaused(long now) {
        paused = paused && pausedUntil - now > 0;
        return paused;
    }

    private static boolean isMerge(Delivery delivery) {
        return delivery.batch().destination().mode() == WriteMode.MERGE;
    }
}
