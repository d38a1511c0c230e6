package dev.sluice;

import dev.sluice.batch.Batch;
import dev.sluice.batch.BatchId;
import dev.sluice.receipt.Receipt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntUnaryOperator;

/** A push by way of the spool: its rows are safe, and someone waits for a while for what becomes of them. */
final class SpoolPush {
    /** A batch of the push, and the places of its rows among those that were pushed. */
    private record Piece(Batch batch, IntUnaryOperator positions) {}

    private final Depot depot;
    private final Dispatcher dispatcher;
    private final Books.Account account;
    private final int submitted;
    private final int superseded;
    private final CompletableFuture<Receipt> future = new CompletableFuture<>();
    private final Runnable alarm = this::expire;

    // Guarded by this.
    private final Map<BatchId, Piece> open = new LinkedHashMap<>();
    private final List<Receipt.Part> parts = new ArrayList<>();
    private final List<Problem> problems = new ArrayList<>();

    private volatile boolean done;
    private volatile boolean started;

    SpoolPush(Depot depot, Dispatcher dispatcher, Books.Account account, int submitted, int superseded) {
        this.depot = depot;
        this.dispatcher = dispatcher;
        this.account = account;
        this.submitted = submitted;
        this.superseded = superseded;
    }

    synchronized void add(Batch batch, IntUnaryOperator positions) {
        open.put(batch.id(), new Piece(batch, positions));
    }

    /** A row that breaks a rule of the API: it goes to the dead letters at once. */
    void refuse(Delivery row, Books books) {
        row.begin(Moment.of(dispatcher.timing()));
        row.owner().settle(books, row);
        synchronized (this) {
            parts.addAll(row.parts());
            problems.addAll(row.problems());
        }
    }

    /**
     * Puts the batches into the spool.
     *
     * @param room how long to wait for room there
     * @param patience how long to wait for their end
     * @param safe run as soon as they are in
     */
    SpoolPush start(Duration room, Duration patience, Runnable safe) {
        List<Batch> batches = batches();
        List<BatchId> told = batches.stream()
                .map(Batch::id)
                .filter(id -> depot.watch(id, this))
                .toList();
        try {
            List<BatchId> added = depot.put(account, batches, false, room);
            batches.stream()
                    .filter(batch -> !told.contains(batch.id()) || !added.contains(batch.id()))
                    .forEach(this::leave);
        } catch (RuntimeException | Error e) {
            told.forEach(id -> depot.unwatch(id, this));
            throw e;
        }
        safe.run();
        dispatcher.alarm(patience, alarm);
        started = true;
        completeIfDone();
        return this;
    }

    CompletableFuture<Receipt> future() {
        return future;
    }

    /** Waits for the end; an interrupt, whose flag is kept, ends the wait, for the rows are safe. */
    Receipt await() {
        try {
            dispatcher.crew().await(() -> done, Durations.FOR_EVER);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            expire();
        }
        Optional<PushException> failure = failure();
        if (failure.isPresent()) {
            throw failure.get();
        }
        return receipt();
    }

    synchronized IntUnaryOperator positions(BatchId batch) {
        Piece piece = open.get(batch);
        return piece == null ? row -> row : piece.positions();
    }

    /** A batch has come to its end, or waits on in the spool for longer than anyone would wait for it. */
    void ended(Delivery delivery) {
        synchronized (this) {
            if (open.remove(delivery.batch().id()) != null) {
                parts.addAll(delivery.parts());
            }
        }
        completeIfDone();
    }

    /** Waits no longer. */
    void expire() {
        batches().forEach(this::leave);
        completeIfDone();
    }

    private synchronized List<Batch> batches() {
        return open.values().stream().map(Piece::batch).toList();
    }

    private void leave(Batch batch) {
        depot.unwatch(batch.id(), this);
        synchronized (this) {
            Piece piece = open.remove(batch.id());
            if (piece != null) {
                parts.add(spooled(batch, piece.positions().applyAsInt(0)));
            }
        }
    }

    private static Receipt.Part spooled(Batch batch, int firstRow) {
        return new Receipt.Part(
                batch.id(),
                Receipt.Status.SPOOLED,
                batch.rows(),
                0,
                0,
                firstRow,
                0,
                null,
                null,
                "not delivered yet; the spool has it",
                List.of());
    }

    private void completeIfDone() {
        synchronized (this) {
            if (!open.isEmpty() || done || !started) {
                return;
            }
            done = true;
        }
        dispatcher.cancel(alarm);
        dispatcher.tell();
        failure().ifPresent(future::completeExceptionally);
        future.complete(receipt());
    }

    private synchronized Optional<PushException> failure() {
        return Problem.worst(problems).map(problem -> problem.failure(receipt()));
    }

    private synchronized Receipt receipt() {
        List<Receipt.Part> inOrder = parts.stream()
                .sorted(Comparator.comparingInt(Receipt.Part::firstRow))
                .toList();
        return new Receipt(account.table(), submitted, superseded, inOrder);
    }
}
