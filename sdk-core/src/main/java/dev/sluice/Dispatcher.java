package dev.sluice;

import dev.sluice.batch.Batch;
import dev.sluice.transport.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntUnaryOperator;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Decides which batch is attempted next: table by table in turn, so that none waits for another, within the limits of
 * pace. It has no thread of its own; a {@link Crew} takes its jobs and runs them.
 *
 * <p>What is to be done is decided under the lock and done outside it; the user's code is never called under it.
 */
final class Dispatcher {
    private record Alarm(long at, Runnable action) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Transport transport;
    private final Timing timing;
    private final Listeners listeners;
    private final Books books;
    private final Burial burial;
    private final RandomGenerator random = RandomGenerator.getDefault();
    private final Gate gate;
    private final Gate.Settings tableGate;
    private final int maxInFlight;
    private final Crew crew;
    private final Map<String, Lane> lanes = new HashMap<>();
    private final Set<Lane> turns = new LinkedHashSet<>();
    private final PriorityQueue<Alarm> alarms = new PriorityQueue<>((one, other) -> Long.signum(one.at() - other.at()));
    private final Set<Job> running = new HashSet<>();

    /** Nobody waits for them any more, but each keeps its place in the lane until it ends. */
    private final Set<Job> abandoned = new HashSet<>();

    private int outstanding;
    private volatile Health health = Health.UP;
    private volatile @Nullable String shut;

    Dispatcher(Settings settings, Transport transport, Books books, Crew.Maker crew) {
        this.transport = transport;
        this.timing = settings.timing();
        this.listeners = settings.listeners();
        this.books = books;
        this.burial = new Burial(settings.listeners());
        this.gate = new Gate(settings.gate(), timing);
        this.tableGate = settings.tableGate();
        this.maxInFlight = settings.maxInFlight();
        this.crew = crew.of(this);
    }

    ReentrantLock lock() {
        return lock;
    }

    Timing timing() {
        return timing;
    }

    Crew crew() {
        return crew;
    }

    Listeners listeners() {
        return listeners;
    }

    Transport transport() {
        return transport;
    }

    Health health() {
        return health;
    }

    /** A delivery, to be handed in with {@link #submit}. */
    Delivery delivery(Batch batch, IntUnaryOperator positions, Owner owner) {
        return new Delivery(batch, positions, owner, burial, random);
    }

    /** From now on whatever is handed in is accounted for at once. */
    void shut(String why) {
        shut = why;
    }

    /** Takes batches in, in their order; those of an owner that is aborted already are accounted for at once. */
    void submit(Owner owner, List<Delivery> deliveries) {
        lock.lock();
        try {
            outstanding += deliveries.size();
            for (Delivery delivery : deliveries) {
                lane(delivery).add(delivery);
            }
            crew.wake();
        } finally {
            lock.unlock();
        }
        Optional<String> why = owner.aborted().or(() -> Optional.ofNullable(shut));
        why.ifPresent(owner::abort);
    }

    /** Runs {@code action} at a later time, on a thread of the crew. */
    void alarm(Duration after, Runnable action) {
        lock.lock();
        try {
            alarms.add(new Alarm(timing.nanos() + after.toNanos(), action));
            crew.wake();
        } finally {
            lock.unlock();
        }
    }

    /** Takes back what {@link #alarm} was told and has not run yet. */
    void cancel(Runnable action) {
        lock.lock();
        try {
            alarms.removeIf(alarm -> alarm.action() == action);
        } finally {
            lock.unlock();
        }
    }

    /** What is to be done now, if anything; to be run without the lock, which is held here. */
    Optional<Runnable> take() {
        Moment at = Moment.of(timing);
        Alarm alarm = alarms.peek();
        if (alarm != null && alarm.at() - at.nanos() <= 0) {
            return Optional.of(alarms.remove().action());
        }
        for (Lane lane : List.copyOf(turns)) {
            // To the end of the row, so that the others come first the next time.
            turns.remove(lane);
            if (!lane.isIdle()) {
                turns.add(lane);
            }
            Optional<Runnable> job = take(lane, at);
            if (job.isPresent()) {
                return job;
            }
        }
        return Optional.empty();
    }

    /** The time until {@link #take} will have something; empty if that does not depend on time. The lock is held. */
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

    /** Whether every batch taken in is accounted for. */
    boolean isIdle() {
        lock.lock();
        try {
            return outstanding == 0;
        } finally {
            lock.unlock();
        }
    }

    /** Accounts for the batches of {@code owner} that have not begun, as not tried for the reason given. */
    void skip(Owner owner, Ending.Kind reason) {
        List<Delivery> skipped = new ArrayList<>();
        lock.lock();
        try {
            lanes.values().forEach(lane -> skipped.addAll(lane.withdraw(owner)));
        } finally {
            lock.unlock();
        }
        for (Delivery delivery : skipped) {
            delivery.skip(reason, Moment.of(timing));
            conclude(delivery);
        }
    }

    /** Ends whatever {@code owner}, which says so itself by now, has here; attempts under way are interrupted. */
    void abort(Owner owner, String why) {
        List<Delivery> stopped = new ArrayList<>();
        lock.lock();
        try {
            lanes.values().forEach(lane -> stopped.addAll(lane.withdrawAll(owner)));
            running.stream().filter(job -> job.delivery().owner() == owner).forEach(Job::interrupt);
            crew.wake();
        } finally {
            lock.unlock();
        }
        for (Delivery delivery : stopped) {
            delivery.abort(why, Moment.of(timing));
            conclude(delivery);
        }
    }

    /** Whoever has anything here. */
    Set<Owner> owners() {
        Set<Owner> owners = new HashSet<>();
        lock.lock();
        try {
            lanes.values().forEach(lane -> owners.addAll(lane.owners()));
            running.forEach(job -> owners.add(job.delivery().owner()));
        } finally {
            lock.unlock();
        }
        return owners;
    }

    /** Gives up waiting for attempts of {@code owner} that do not come to an end: their batches count as held. */
    void abandon(Owner owner, String why) {
        List<Job> given = new ArrayList<>();
        lock.lock();
        try {
            running.removeIf(job -> job.delivery().owner() == owner && given.add(job));
            abandoned.addAll(given);
        } finally {
            lock.unlock();
        }
        for (Job job : given) {
            conclude(job.delivery().abandoned(why, Moment.of(timing)));
        }
    }

    /** The job is about to look at its batch; false if it was abandoned before it could. */
    boolean begins(Job job) {
        lock.lock();
        try {
            return !endsAbandoned(job);
        } finally {
            lock.unlock();
        }
    }

    /** The calling thread is about to make the job's attempt; false if its owner wants none any more. */
    boolean sends(Job job) {
        lock.lock();
        try {
            boolean wanted = job.delivery().owner().aborted().isEmpty();
            if (wanted) {
                job.claim();
            }
            return wanted;
        } finally {
            lock.unlock();
        }
    }

    /** An attempt is over: what it tells of the server. False if the job was abandoned, and nothing follows. */
    boolean learn(Job job, Health told) {
        Health before;
        boolean opens;
        boolean tableOpens;
        boolean goesOn;
        lock.lock();
        try {
            opens = gate.learn(told);
            tableOpens = job.lane().gate().learn(told);
            before = health;
            health = told;
            job.release();
            goesOn = !endsAbandoned(job);
        } finally {
            lock.unlock();
        }
        Signals.health(before, told, job.delivery().batch());
        Signals.circuits(opens, tableOpens, job.delivery().batch());
        return goesOn;
    }

    /** A job that passed the gates makes no attempt after all. */
    void releaseGates(Lane lane) {
        lock.lock();
        try {
            gate.release();
            lane.gate().release();
        } finally {
            lock.unlock();
        }
    }

    /** A job's batch goes on later; false if its owner wants no more of it. */
    boolean goesOn(Job job, Lane.Due due, boolean wholeTable) {
        lock.lock();
        try {
            if (due.delivery().owner().aborted().isPresent()) {
                return false;
            }
            if (running.remove(job)) {
                job.lane().await(due);
                if (wholeTable) {
                    job.lane().pauseUntil(due.at());
                }
                crew.wake();
            } else {
                boolean ignored = endsAbandoned(job);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** A job's batch is accounted for, and its place is free. */
    void ended(Job job, Delivery delivery) {
        if (!leave(job)) {
            return;
        }
        Runnable news = close(delivery);
        lock.lock();
        try {
            job.lane().end();
            crew.wake();
        } finally {
            lock.unlock();
        }
        job.leavesPlace();
        finish(news);
    }

    /** False if the job was abandoned: another delivery took the place of its own. */
    private boolean leave(Job job) {
        lock.lock();
        try {
            boolean ignored = endsAbandoned(job);
            return running.remove(job);
        } finally {
            lock.unlock();
        }
    }

    /** If the job was abandoned, its place is free now. The lock is held. */
    private boolean endsAbandoned(Job job) {
        boolean was = abandoned.remove(job);
        if (was) {
            job.lane().end();
            crew.wake();
        }
        return was;
    }

    /** Wakes whoever waits for an end. */
    void tell() {
        lock.lock();
        try {
            crew.tell();
        } finally {
            lock.unlock();
        }
    }

    /** A batch that has no place is accounted for. */
    private void conclude(Delivery delivery) {
        finish(close(delivery));
    }

    private Runnable close(Delivery delivery) {
        List<Batch> kept = delivery.owner().holds()
                ? delivery.problems().stream().map(Problem::piece).toList()
                : List.of();
        books.settle(delivery.owner().account(), delivery.batch(), delivery.parts(), kept);
        return delivery.owner().ended(delivery);
    }

    private void finish(Runnable news) {
        try {
            news.run();
        } finally {
            leaves();
        }
    }

    private void leaves() {
        lock.lock();
        try {
            outstanding--;
            crew.tell();
        } finally {
            lock.unlock();
        }
    }

    private Lane lane(Delivery delivery) {
        String table = delivery.batch().destination().table();
        Lane lane = lanes.computeIfAbsent(table, name -> new Lane(new Gate(tableGate, timing), maxInFlight));
        if (lane.isIdle()) {
            turns.add(lane);
        }
        return lane;
    }

    private Optional<Runnable> take(Lane lane, Moment at) {
        Optional<Lane.Due> due = lane.ready(at.nanos());
        while (due.isPresent()) {
            Optional<Runnable> job = admit(lane, due.get(), at);
            if (job.isPresent()) {
                return job;
            }
            due = lane.ready(at.nanos());
        }
        return Optional.empty();
    }

    /** The job, unless the batch has to wait for its turn. */
    private Optional<Runnable> admit(Lane lane, Lane.Due due, Moment at) {
        if (due.delivery().isRefused() || Job.isTooLate(due, Duration.ZERO, at)) {
            return Optional.of(start(new Job(this, lane, due, false)));
        }
        Optional<Duration> look = pass(lane);
        if (look.isPresent()) {
            lane.await(due.looksAgain(at.nanos() + look.get().toNanos()));
            return Optional.empty();
        }
        return turn(lane, due, at);
    }

    /** The table's turn comes before the client's, whose limit is the API's own and is to be met exactly. */
    private Optional<Runnable> turn(Lane lane, Lane.Due due, Moment at) {
        Lane.Due next = due;
        while (next.turns() < 2) {
            Duration turn = (next.turns() == 0 ? lane.gate() : gate).reserve(due.retry());
            if (Job.isTooLate(next, turn, at)) {
                releaseGates(lane);
                return Optional.of(start(new Job(this, lane, due, false)));
            }
            next = next.withTurn(at.nanos() + turn.toNanos());
            if (!turn.isZero()) {
                releaseGates(lane);
                lane.await(next);
                return Optional.empty();
            }
        }
        return Optional.of(start(new Job(this, lane, due, true)));
    }

    private Job start(Job job) {
        running.add(job);
        return job;
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
}
