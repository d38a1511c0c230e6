package dev.sluice;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The end of a client: stops the intake, waits for what is under way, cuts off the rest, and reports. */
final class Closing {
    private static final Logger LOG = LoggerFactory.getLogger(Closing.class);
    private static final String WHY = "the client was closed";

    /** What was cut off gets this long to say how it ended. */
    static final Duration GRACE = Duration.ofSeconds(1);

    private final Dispatcher dispatcher;
    private final Books books;
    private final @Nullable Depot depot;
    private final Set<StreamWriter> writers = ConcurrentHashMap.newKeySet();
    private final Set<PushCall> calls = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean transportClosed = new AtomicBoolean();
    private volatile boolean closing;
    private volatile boolean isCut;
    private @Nullable Thread hook;
    private @Nullable CloseReport report;

    Closing(Dispatcher dispatcher, Books books, @Nullable Depot depot) {
        this.dispatcher = dispatcher;
        this.books = books;
        this.depot = depot;
    }

    boolean isClosing() {
        return closing;
    }

    void checkOpen() {
        if (closing) {
            throw new ClosedException("this StreamClient is closed; nothing was sent");
        }
    }

    /** A push that nobody waits for: what it leaves behind belongs in the report. */
    void watch(PushCall call) {
        calls.add(call);
        CompletableFuture<@Nullable Void> ignored = call.end().whenComplete((end, failure) -> {
            if (!closing) {
                calls.remove(call);
            }
        });
    }

    void watch(StreamWriter writer) {
        writers.add(writer);
        if (closing) {
            writers.remove(writer);
            checkOpen();
        }
    }

    void forget(StreamWriter writer) {
        writers.remove(writer);
    }

    void onShutdown(Duration atMost) {
        hook = new Thread(() -> closeAtShutdown(atMost), "sluice-shutdown");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    CloseReport close(Duration atMost) {
        Durations.notNegative("atMost", atMost);
        checkThread();
        seal();
        // What was cut off stays where it is: there is nothing to wait for.
        if (!ends(() -> isCut || isDrained(), atMost)) {
            cutOff();
        }
        return report();
    }

    Ledger drain(Duration atMost) {
        Durations.notNegative("atMost", atMost);
        checkThread();
        boolean ignored = ends(() -> closing || isDrained(), atMost);
        return books.ledger();
    }

    void abort() {
        seal();
        dispatcher.shut(WHY);
        if (depot != null) {
            depot.stop();
            depot.giveBack(null, WHY);
        }
        dispatcher.owners().forEach(owner -> owner.abort(WHY));
    }

    private void seal() {
        closing = true;
        dispatcher.tell();
        writers.forEach(StreamWriter::seal);
    }

    /** Waiting for the end of the calling thread's own work would take for ever. */
    void checkThread() {
        if (Job.isRunning(dispatcher)) {
            throw new IllegalStateException(
                    "flush, drain or close was called by a hook, a listener or a future's callback, whose own thread it would wait for:"
                            + " call it from another thread, or call abort, which does not wait");
        }
    }

    private void cutOff() {
        abort();
        closeTransport();
        if (!cutOffEnds(this::isCutOff)) {
            String why = "the client was closed while an attempt was under way: rows may be written";
            dispatcher.owners().forEach(owner -> dispatcher.abandon(owner, why));
        }
        isCut = true;
        dispatcher.tell();
    }

    /** Waits until it is done, or the time is over, which it is as well when the thread is interrupted. */
    boolean ends(BooleanSupplier done, Duration atMost) {
        try {
            return dispatcher.crew().await(done, atMost);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Rows count before they are handed in: none is overlooked on its way. */
    private boolean isDrained() {
        return dispatcher.isIdle() && books.ledger().pending() == 0;
    }

    /** As {@link #isDrained}, but for what the spool keeps for the next process. */
    private boolean isCutOff() {
        return dispatcher.isIdle() && books.ledger().pending() == books.spooledRows();
    }

    /** Waits for what was cut off to say how it ended; so short that an interrupt, whose flag is kept, changes nothing. */
    boolean cutOffEnds(BooleanSupplier done) {
        boolean interrupted = Thread.interrupted();
        try {
            return dispatcher.crew().await(done, GRACE);
        } catch (InterruptedException e) {
            interrupted = true;
            return false;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void closeTransport() {
        if (transportClosed.getAndSet(true)) {
            return;
        }
        try {
            dispatcher.transport().close();
        } catch (Throwable e) {
            LOG.warn("The transport failed to close; the client closes all the same", e);
        }
    }

    private synchronized CloseReport report() {
        if (report == null) {
            dispatcher.shut(WHY);
            closeTransport();
            dispatcher.crew().close();
            closeDepot();
            removeHook();
            List<Held> held = new ArrayList<>();
            writers.forEach(writer -> held.addAll(writer.takeHeld()));
            calls.forEach(call -> held.addAll(call.held()));
            report = new CloseReport(books.ledger(), held);
            writers.clear();
            calls.clear();
        }
        return report;
    }

    private void closeDepot() {
        if (depot != null) {
            depot.stop();
            depot.close();
        }
    }

    private void removeHook() {
        if (hook != null && hook != Thread.currentThread()) {
            try {
                boolean ignored = Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                LOG.debug("The JVM is shutting down already, so the hook stays", e);
            }
        }
    }

    private void closeAtShutdown(Duration atMost) {
        CloseReport left = close(atMost);
        if (!left.isClean()) {
            LOG.error(
                    "{} rows were not delivered before the JVM ended; the first are those of batch {}: {}",
                    left.heldRows(),
                    left.held().get(0).batch().id(),
                    left.held().get(0).cause().getClass().getSimpleName());
        }
    }
}
