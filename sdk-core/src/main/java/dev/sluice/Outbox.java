package dev.sluice;

import dev.sluice.batch.Batch;
import dev.sluice.receipt.Receipt;
import dev.sluice.receipt.RowStatus;
import dev.sluice.row.InvalidRowException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The batches of one writer that have left it: keeps their rows' futures, and the rows that were given up. */
final class Outbox extends Owner {
    private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);

    /** A batch, the futures of its rows in their order (null where nobody asked), and of those superseded in it. */
    static final class Sent {
        private final List<@Nullable CompletableFuture<RowStatus>> futures;
        private final List<CompletableFuture<RowStatus>> superseded;
        private volatile boolean done;

        Sent(List<@Nullable CompletableFuture<RowStatus>> futures, List<CompletableFuture<RowStatus>> superseded) {
            this.futures = futures;
            this.superseded = superseded;
        }

        boolean isDone() {
            return done;
        }

        /** Calls the user's code, so no lock may be held. */
        private void complete(List<Receipt.Part> parts, IdentityHashMap<Receipt.Part, PushException> failures) {
            superseded.forEach(future -> future.complete(RowStatus.SUPERSEDED));
            for (Receipt.Part part : parts) {
                PushException failure = failures.get(part);
                for (CompletableFuture<RowStatus> future :
                        futures.subList(part.firstRow(), part.firstRow() + part.rows())) {
                    complete(future, part, failure);
                }
            }
        }

        private void completeSpooled() {
            superseded.forEach(future -> future.complete(RowStatus.SUPERSEDED));
            for (CompletableFuture<RowStatus> future : futures) {
                if (future != null) {
                    future.complete(RowStatus.SPOOLED);
                }
            }
        }

        private static void complete(
                @Nullable CompletableFuture<RowStatus> future, Receipt.Part part, @Nullable PushException failure) {
            if (future == null) {
                return;
            }
            if (failure != null) {
                future.completeExceptionally(failure);
            } else {
                future.complete(status(part));
            }
        }

        private static RowStatus status(Receipt.Part part) {
            return switch (part.status()) {
                case COMMITTED -> RowStatus.COMMITTED;
                case ACCEPTED -> RowStatus.ACCEPTED;
                case PARTIAL -> RowStatus.PARTIAL;
                case DEAD -> RowStatus.DEAD;
                case SPOOLED, UNDELIVERED ->
                    throw new IllegalStateException("an undelivered part without a reason: " + part);
            };
        }
    }

    private final Books books;
    private final @Nullable Depot depot;
    private final IdentityHashMap<Batch, Sent> outstanding = new IdentityHashMap<>();
    private final List<Held> held = new ArrayList<>();
    private volatile @Nullable PushException stopped;

    Outbox(Engine engine, Books.Account account, Terms terms) {
        super(engine.dispatcher(), terms, account);
        this.books = engine.books();
        this.depot = engine.depot();
    }

    void send(Batch batch, Sent sent) {
        if (depot == null) {
            send(dispatcher().delivery(batch, row -> row, this), sent);
        } else {
            put(batch, sent);
            depot.arrive(this, batch);
        }
    }

    /** The spool has the batch. Calls the user's code, so no lock may be held. */
    void stored(Batch batch) {
        Sent sent = sent(batch);
        try {
            sent.completeSpooled();
        } finally {
            end(batch, sent);
        }
    }

    /** The spool does not have the batch and shall not have it any more. */
    void takeBack(Batch batch, String why) {
        markAborted(why);
        dispatcher().submit(this, List.of(dispatcher().delivery(batch, row -> row, this)));
    }

    /** Nothing more shall be tried. */
    void giveUp(String why) {
        if (depot != null) {
            depot.giveBack(this, why);
        }
        abort(why);
    }

    /** A single row that breaks a rule of the API: it goes the way of all, but is not sent. */
    void refuse(Batch row, Sent sent, InvalidRowException problem) {
        Delivery delivery = dispatcher().delivery(row, first -> first, this).refused(problem);
        if (depot == null) {
            send(delivery, sent);
        } else {
            put(row, sent);
            depot.refuse(this, delivery);
        }
    }

    private void send(Delivery delivery, Sent sent) {
        put(delivery.batch(), sent);
        dispatcher().submit(this, List.of(delivery));
    }

    synchronized List<Sent> outstanding() {
        return List.copyOf(outstanding.values());
    }

    synchronized boolean isEmpty() {
        return outstanding.isEmpty();
    }

    /** Why the writer's rows are not taken any more; empty if they are. */
    Optional<PushException> stopped() {
        return Optional.ofNullable(stopped);
    }

    /** The first of the rows that were given up and are still here. */
    synchronized Optional<Held> firstHeld() {
        return held.stream().findFirst();
    }

    /** Hands over what was given up. */
    List<Held> takeHeld() {
        List<Held> taken = drainHeld();
        taken.forEach(one -> books.release(account(), one.batch()));
        dispatcher().tell();
        return taken;
    }

    @Override
    boolean holds() {
        return true;
    }

    @Override
    Runnable ended(Delivery delivery) {
        IdentityHashMap<Receipt.Part, PushException> failures = new IdentityHashMap<>();
        for (Problem problem : delivery.problems()) {
            Held one = problem.held();
            failures.put(problem.part(), one.cause());
            keep(one);
            LOG.warn(
                    "{} rows of batch {} for {} are given up and held: {}",
                    problem.part().undelivered(),
                    one.batch().id(),
                    account().table(),
                    problem.kind());
        }
        delivery.endedBy()
                .filter(kind -> kind == Ending.Kind.STOPPED || kind == Ending.Kind.UNAUTHORIZED)
                .ifPresent(kind -> stop(kind, delivery.problems()));
        return () -> complete(delivery, failures);
    }

    /** The futures first: whoever was waiting for the end finds them completed. */
    private void complete(Delivery delivery, IdentityHashMap<Receipt.Part, PushException> failures) {
        Sent sent = sent(delivery.batch());
        try {
            sent.complete(delivery.parts(), failures);
        } finally {
            end(delivery.batch(), sent);
        }
    }

    private void end(Batch batch, Sent sent) {
        sent.done = true;
        remove(batch);
    }

    private void stop(Ending.Kind kind, List<Problem> problems) {
        Problem problem =
                problems.stream().filter(one -> one.kind() == kind).findFirst().orElseThrow();
        if (setStopped(problem.held().cause())) {
            LOG.warn(
                    "The writer for {} takes no more rows, for none can be written; batch {} showed it: {}",
                    account().table(),
                    problem.piece().id(),
                    kind);
        }
        dispatcher().skip(this, kind);
    }

    /** False if it has stopped before. */
    private synchronized boolean setStopped(PushException cause) {
        boolean first = stopped == null;
        // What is skipped because of it comes here too, and knows no reason of its own.
        stopped = first ? cause : stopped;
        return first;
    }

    private synchronized void put(Batch batch, Sent sent) {
        outstanding.put(batch, sent);
    }

    private synchronized Sent sent(Batch batch) {
        Sent sent = outstanding.get(batch);
        if (sent == null) {
            throw new IllegalStateException(batch.id() + " ended twice");
        }
        return sent;
    }

    private synchronized void remove(Batch batch) {
        outstanding.remove(batch);
    }

    private synchronized void keep(Held one) {
        held.add(one);
    }

    private synchronized List<Held> drainHeld() {
        List<Held> taken = List.copyOf(held);
        held.clear();
        return taken;
    }
}
