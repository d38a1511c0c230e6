package dev.sluice;

import dev.sluice.batch.Batch;
import dev.sluice.transport.Reply;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes one attempt at a batch and does what follows from it. */
final class Job implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Job.class);

    private static final ThreadLocal<@Nullable Job> CURRENT = new ThreadLocal<>();

    private final Dispatcher dispatcher;
    private final Schedule.Turn turn;

    /** The thread that is sending; guarded by the dispatcher's lock, as is the next. */
    private @Nullable Thread sender;

    private boolean interrupted;
    private boolean hasPlace = true;
    private long sentAt;

    Job(Dispatcher dispatcher, Schedule.Turn turn) {
        this.dispatcher = dispatcher;
        this.turn = turn;
    }

    Delivery delivery() {
        return turn.due().delivery();
    }

    Lane lane() {
        return turn.lane();
    }

    /** Whether the calling thread runs a job of {@code dispatcher}, so that waiting for that would be waiting for itself. */
    static boolean isRunning(Dispatcher dispatcher) {
        Job current = CURRENT.get();
        return current != null && current.dispatcher == dispatcher;
    }

    /** Whether the calling thread delivers to {@code table} and has not given its place to another batch yet. */
    static boolean isDelivering(Dispatcher dispatcher, String table) {
        Job current = CURRENT.get();
        return isRunning(dispatcher)
                && current.hasPlace
                && current.delivery().batch().destination().table().equals(table);
    }

    void leavesPlace() {
        hasPlace = false;
    }

    @Override
    public void run() {
        Job before = CURRENT.get();
        CURRENT.set(this);
        try {
            begin().ifPresent(this::attempt);
        } catch (Throwable e) {
            LOG.error(
                    "Delivering batch {} failed; its rows are held",
                    delivery().batch().id(),
                    e);
            String why = "delivering failed with " + e.getClass().getName() + ": the rows may be written";
            dispatcher.ended(this, delivery().abandoned(why, now()));
        } finally {
            restore(before);
        }
    }

    private static void restore(@Nullable Job before) {
        if (before == null) {
            CURRENT.remove();
        } else {
            CURRENT.set(before);
        }
    }

    /** What is to be sent; empty if the batch has come to its end instead. */
    Optional<Batch> begin() {
        Moment at = now();
        if (!dispatcher.begins(this)) {
            releaseGates();
            return Optional.empty();
        }
        Delivery delivery = delivery();
        Optional<String> aborted = delivery.owner().aborted();
        if (aborted.isPresent()) {
            delivery.abort(aborted.get(), at);
        } else if (turn.passed() || delivery.isRefused()) {
            delivery.begin(at);
        } else {
            delivery.exhaust(at);
        }
        boolean sends = aborted.isEmpty() && turn.passed() && delivery.piece().isPresent();
        if (!sends) {
            giveUp(at);
            return Optional.empty();
        }
        return delivery.piece();
    }

    /** No attempt is made. */
    private void giveUp(Moment at) {
        releaseGates();
        goOn(Optional.empty(), at);
    }

    private void releaseGates() {
        if (turn.passed()) {
            dispatcher.releaseGates(turn.lane());
        }
    }

    /** Takes in the reply to the attempt. */
    void finish(Batch piece, Reply reply) {
        if (!dispatcher.learn(this, Health.of(reply))) {
            return;
        }
        Moment at = now();
        dispatcher.listeners().attempted(piece, reply, at.since(sentAt));
        Optional<Attempts.Next.Again> again = delivery().after(reply, at);
        again.ifPresent(next -> tell(piece, reply, next));
        goOn(again, at);
    }

    /** Ends the attempt that is under way. The dispatcher's lock is held. */
    void interrupt() {
        if (sender != null) {
            interrupted = true;
            sender.interrupt();
        }
    }

    /** The attempt is over: an interrupt that was meant for it must not reach what follows. The lock is held. */
    void release() {
        sender = null;
        if (interrupted) {
            boolean ignored = Thread.interrupted();
        }
    }

    private void attempt(Batch piece) {
        Moment at = now();
        if (dispatcher.sends(this)) {
            sentAt = at.nanos();
            finish(piece, send(piece, delivery().attempts().begin(at)));
        } else {
            delivery().owner().aborted().ifPresent(why -> delivery().abort(why, at));
            giveUp(at);
        }
    }

    private Reply send(Batch piece, Duration timeout) {
        try {
            return delivery().owner().attempts(delivery(), piece)
                    ? dispatcher.transport().send(piece, timeout)
                    : new Reply.NotSent("the spool could not note the attempt");
        } catch (Throwable e) {
            LOG.warn("The transport failed on batch {}; its rows may be written", piece.id(), e);
            return new Reply.Unreadable(
                    "the transport failed with " + e.getClass().getName(), 0);
        }
    }

    /** The attempt is about to be made by this thread. The lock is held. */
    void claim() {
        sender = Thread.currentThread();
    }

    private void tell(Batch piece, Reply reply, Attempts.Next.Again again) {
        int attempt = delivery().attempts().count();
        LOG.debug(
                "Attempt {} at batch {} failed, the next one follows after {}: {}",
                attempt,
                piece.id(),
                again.pause(),
                Words.of(reply));
        dispatcher.listeners().retrying(piece, attempt, again.reason(), again.pause());
    }

    private void goOn(Optional<Attempts.Next.Again> again, Moment at) {
        Delivery delivery = delivery();
        if (delivery.piece().isEmpty()) {
            dispatcher.ended(this, delivery);
            return;
        }
        if (again.isPresent()) {
            delivery.owner().waits(delivery);
        }
        long when = at.nanos()
                + again.map(Attempts.Next.Again::pause).orElse(Duration.ZERO).toNanos();
        Lane.Due next = new Lane.Due(delivery, when, when, again.isPresent(), 0);
        boolean wholeTable = again.map(Attempts.Next.Again::wholeTable).orElse(false);
        if (!dispatcher.goesOn(this, next, wholeTable)) {
            delivery.owner().aborted().ifPresent(why -> delivery.abort(why, now()));
            dispatcher.ended(this, delivery);
        }
    }

    private Moment now() {
        return Moment.of(dispatcher.timing());
    }
}
