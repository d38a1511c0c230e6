package dev.sluice;

import dev.sluice.batch.Batch;
import dev.sluice.transport.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntUnaryOperator;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Takes every batch from being handed in to being accounted for. It has no thread of its own: a {@link Crew} takes its
 * jobs and runs them.
 *
 * <p>What is to be done is decided under the lock and done outside it; the user's code is never called under it.
 */
final class Dispatcher {
    private final ReentrantLock lock = new ReentrantLock();
    private final Transport transport;
    private final Timing timing;
    private final Listeners listeners;
    private final Books books;
    private final Burial burial;
    /** Not the default generator, which is looked for among all that there are; and this one may be shared by threads. */
    private final RandomGenerator random = new Random();

    private final Schedule schedule;
    private final Crew crew;
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
        this.schedule = new Schedule(settings);
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
        locked(() -> {
            outstanding += deliveries.size();
            deliveries.forEach(schedule::add);
            crew.wake();
        });
        Optional<String> why = owner.aborted().or(() -> Optional.ofNullable(shut));
        why.ifPresent(owner::abort);
    }

    /** Runs {@code action} at a later time, on a thread of the crew. */
    void alarm(Duration after, Runnable action) {
        locked(() -> {
            schedule.alarm(after, action);
            crew.wake();
        });
    }

    /** Takes back what {@link #alarm} was told and has not run yet. */
    void cancel(Runnable action) {
        locked(() -> schedule.cancel(action));
    }

    /** What is to be done now, if anything; to be run without the lock, which is held here. */
    Optional<Runnable> take() {
        Moment at = Moment.of(timing);
        Optional<Runnable> alarm = schedule.dueAlarm(at);
        return alarm.isPresent() ? alarm : schedule.next(at).map(this::start);
    }

    /** The time until {@link #take} will have something; empty if that does not depend on time. The lock is held. */
    Optional<Duration> dueIn() {
        return schedule.dueIn();
    }

    /** Whether every batch taken in is accounted for. */
    boolean isIdle() {
        return asked(() -> outstanding == 0);
    }

    /** Accounts for the batches of {@code owner} that have not begun, as not tried for the reason given. */
    void skip(Owner owner, Ending.Kind reason) {
        for (Delivery delivery : asked(() -> schedule.lane(owner).withdraw(owner))) {
            delivery.skip(reason, Moment.of(timing));
            conclude(delivery);
        }
    }

    /** Ends whatever {@code owner}, which says so itself by now, has here; attempts under way are interrupted. */
    void abort(Owner owner, String why) {
        List<Delivery> stopped = asked(() -> {
            running.stream().filter(job -> job.delivery().owner() == owner).forEach(Job::interrupt);
            List<Delivery> taken = schedule.lane(owner).withdrawAll(owner);
            crew.wake();
            return taken;
        });
        for (Delivery delivery : stopped) {
            delivery.abort(why, Moment.of(timing));
            conclude(delivery);
        }
    }

    /** Whoever has anything here. */
    Set<Owner> owners() {
        return asked(() -> {
            Set<Owner> owners = schedule.owners();
            running.forEach(job -> owners.add(job.delivery().owner()));
            return owners;
        });
    }

    /** Gives up waiting for attempts of {@code owner} that do not come to an end: their batches count as held. */
    void abandon(Owner owner, String why) {
        List<Job> given = new ArrayList<>();
        locked(() -> {
            running.removeIf(job -> job.delivery().owner() == owner && given.add(job));
            abandoned.addAll(given);
        });
        for (Job job : given) {
            conclude(job.delivery().abandoned(why, Moment.of(timing)));
        }
    }

    /** Forgets an attempt that is stuck: its place is free, and its batch counts as given up. */
    void abandon(Delivery stuck, String why) {
        List<Job> given = asked(
                () -> running.stream().filter(job -> job.delivery() == stuck).toList());
        for (Job job : given) {
            if (leaves(job)) {
                Runnable news = close(stuck.abandoned(why, Moment.of(timing)));
                endPlace(job);
                finish(news);
            }
        }
    }

    /** The job is about to look at its batch; false if it was abandoned before it could. */
    boolean begins(Job job) {
        return asked(() -> !endsAbandoned(job) && running.contains(job));
    }

    /** The calling thread is about to make the job's attempt; false if its owner wants none any more. */
    boolean sends(Job job) {
        return asked(() -> {
            boolean wanted = job.delivery().owner().aborted().isEmpty();
            if (wanted) {
                job.claim();
            }
            return wanted;
        });
    }

    /** An attempt is over: what it tells of the server. False if the job was abandoned, and nothing follows. */
    boolean learn(Job job, Health told) {
        Signals signals = asked(() -> {
            boolean opens = schedule.gate().learn(told);
            boolean tableOpens = job.lane().gate().learn(told);
            Health before = health;
            health = told;
            job.release();
            return new Signals(before, told, opens, tableOpens);
        });
        signals.log(job.delivery().batch());
        return begins(job);
    }

    /** A job that passed the gates makes no attempt after all. */
    void releaseGates(Lane lane) {
        locked(() -> schedule.release(lane));
    }

    /** A job's batch goes on later; false if its owner wants no more of it. */
    boolean goesOn(Job job, Lane.Due due, boolean wholeTable) {
        return asked(() -> {
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
        });
    }

    /** A job's batch is accounted for, and its place is free. */
    void ended(Job job, Delivery delivery) {
        if (!leaves(job)) {
            return;
        }
        Runnable news = close(delivery);
        endPlace(job);
        job.leavesPlace();
        finish(news);
    }

    /** Takes a refused row to its end, on the caller's thread and outside the lanes. */
    void settle(Delivery refused) {
        locked(() -> outstanding++);
        refused.begin(Moment.of(timing));
        conclude(refused);
    }

    /** Wakes whoever waits for an end. */
    void tell() {
        locked(crew::tell);
    }

    private void endPlace(Job job) {
        locked(() -> {
            job.lane().end();
            crew.wake();
        });
    }

    private Runnable start(Schedule.Turn turn) {
        Job job = new Job(this, turn);
        running.add(job);
        return job;
    }

    /** False if the job was abandoned: another delivery took the place of its own. */
    private boolean leaves(Job job) {
        return asked(() -> {
            boolean ignored = endsAbandoned(job);
            return running.remove(job);
        });
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

    /** A batch that has no place is accounted for. */
    private void conclude(Delivery delivery) {
        finish(close(delivery));
    }

    private Runnable close(Delivery delivery) {
        delivery.owner().settle(books, delivery);
        return delivery.owner().ended(delivery);
    }

    private void finish(Runnable news) {
        try {
            news.run();
        } finally {
            locked(() -> {
                outstanding--;
                crew.tell();
            });
        }
    }

    private void locked(Runnable action) {
        lock.lock();
        try {
            action.run();
        } finally {
            lock.unlock();
        }
    }

    private <T> T asked(Supplier<T> question) {
        lock.lock();
        try {
            return question.get();
        } finally {
            lock.unlock();
        }
    }
}
