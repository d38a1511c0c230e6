package dev.sluice;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Knows what is due next: table by table in turn, so that none waits for another, within the limits of pace.
 *
 * <p>Guarded by the dispatcher's lock.
 */
final class Schedule {
    /**
     * A batch whose turn it is.
     *
     * @param passed whether it passed the gates to be attempted; otherwise its time is over, or it is not to be sent
     */
    record Turn(Lane lane, Lane.Due due, boolean passed) {}

    private record Alarm(long at, Runnable action) {}

    private final Timing timing;
    private final Gate gate;
    private final Gate.Settings tableGate;
    private final int maxInFlight;
    private final Map<String, Lane> lanes = new HashMap<>();
    private final Set<Lane> turns = new LinkedHashSet<>();
    private final PriorityQueue<Alarm> alarms = new PriorityQueue<>((one, other) -> Long.signum(one.at() - other.at()));

    Schedule(Settings settings) {
        this.timing = settings.timing();
        this.gate = new Gate(settings.gate(), timing);
        this.tableGate = settings.tableGate();
        this.maxInFlight = settings.maxInFlight();
    }

    /** The client's own; each lane has one beside it. */
    Gate gate() {
        return gate;
    }

    void add(Delivery delivery) {
        Lane lane = lane(delivery.owner());
        turns.add(lane);
        lane.add(delivery);
    }

    /** Where the batches of {@code owner} go, who has all of them for one table. */
    Lane lane(Owner owner) {
        return lanes.computeIfAbsent(
                owner.account().table(), name -> new Lane(new Gate(tableGate, timing), maxInFlight));
    }

    /** Whoever waits in any lane. */
    Set<Owner> owners() {
        Set<Owner> owners = new HashSet<>();
        lanes.values().forEach(lane -> owners.addAll(lane.owners()));
        return owners;
    }

    void alarm(Duration after, Runnable action) {
        alarms.add(new Alarm(timing.nanos() + after.toNanos(), action));
    }

    void cancel(Runnable action) {
        alarms.removeIf(alarm -> alarm.action() == action);
    }

    /** Takes out an alarm whose time has come. */
    Optional<Runnable> dueAlarm(Moment at) {
        Alarm first = alarms.peek();
        return first == null || first.at() - at.nanos() > 0
                ? Optional.empty()
                : Optional.of(alarms.remove().action());
    }

    /** Takes out the batch whose turn it is. */
    Optional<Turn> next(Moment at) {
        for (Lane lane : List.copyOf(turns)) {
            // To the end of the row, so that the others come first the next time.
            turns.remove(lane);
            if (!lane.isIdle()) {
                turns.add(lane);
            }
            Optional<Turn> turn = next(lane, at);
            if (turn.isPresent()) {
                return turn;
            }
        }
        return Optional.empty();
    }

    /** The time until an alarm or a turn comes; empty if that does not depend on time. */
    Optional<Duration> dueIn() {
        long now = timing.nanos();
        OptionalLong next = turns.stream()
                .map(lane -> lane.dueAt(now))
                .filter(OptionalLong::isPresent)
                .mapToLong(due -> due.getAsLong() - now)
                .min();
        Alarm alarm = alarms.peek();
        if (alarm != null) {
            next = OptionalLong.of(Math.min(alarm.at() - now, next.orElse(Long.MAX_VALUE)));
        }
        return next.isPresent() ? Optional.of(Duration.ofNanos(Math.max(0, next.getAsLong()))) : Optional.empty();
    }

    /** Gives back what {@link #next} took at the gates, for no attempt is made. */
    void release(Lane lane) {
        gate.release();
        lane.gate().release();
    }

    private Optional<Turn> next(Lane lane, Moment at) {
        Optional<Lane.Due> due = lane.ready(at.nanos());
        while (due.isPresent()) {
            Optional<Turn> turn = admit(lane, due.get(), at);
            if (turn.isPresent()) {
                return turn;
            }
            due = lane.ready(at.nanos());
        }
        return Optional.empty();
    }

    /** The batch's turn, unless something holds it back: then it waits in its lane again. */
    private Optional<Turn> admit(Lane lane, Lane.Due due, Moment at) {
        if (due.delivery().isRefused() || due.isTooLate(Duration.ZERO, at)) {
            return Optional.of(new Turn(lane, due, false));
        }
        Optional<Duration> look = pass(lane);
        if (look.isPresent()) {
            lane.await(due.looksAgain(at.nanos() + look.get().toNanos()));
            return Optional.empty();
        }
        return keepPace(lane, due, at);
    }

    /** Passes the breakers; if one is open, the result says when to look again. */
    private Optional<Duration> pass(Lane lane) {
        if (!gate.tryPass()) {
            return Optional.of(gate.look());
        }
        if (!lane.gate().tryPass()) {
            gate.release();
            return Optional.of(lane.gate().look());
        }
        return Optional.empty();
    }

    /** The table's place comes before the client's, whose limit is the API's own and is to be met exactly. */
    private Optional<Turn> keepPace(Lane lane, Lane.Due due, Moment at) {
        Lane.Due next = due;
        while (next.turns() < 2) {
            Duration wait = (next.turns() == 0 ? lane.gate() : gate).reserve(due.retry(), next.patience(at));
            if (next.isTooLate(wait, at)) {
                release(lane);
                return Optional.of(new Turn(lane, due, false));
            }
            next = next.withTurn(at.nanos() + wait.toNanos());
            if (!wait.isZero()) {
                release(lane);
                lane.await(next);
                return Optional.empty();
            }
        }
        return Optional.of(new Turn(lane, due, true));
    }
}
