package dev.sluice;

import dev.sluice.batch.Batch;
import dev.sluice.receipt.Receipt;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/** One push from its first batch to its receipt. */
final class PushCall extends Owner {
    private static final String INTERRUPTED = "interrupted";

    private final int submitted;
    private final int superseded;
    private final CompletableFuture<Receipt> future = new CompletableFuture<>();

    /** Not the caller's, who may complete the other at will. */
    private final CompletableFuture<@Nullable Void> end = new CompletableFuture<>();

    private final List<Delivery> deliveries = new ArrayList<>();
    private int open;
    private volatile boolean done;

    PushCall(Dispatcher dispatcher, Terms terms, Books.Account account, int submitted, int superseded) {
        super(dispatcher, terms, account);
        this.submitted = submitted;
        this.superseded = superseded;
    }

    /** A batch of it, to be handed in with {@link #start}. */
    Delivery delivery(Batch batch, IntUnaryOperator positions) {
        Delivery delivery = dispatcher().delivery(batch, positions, this);
        deliveries.add(delivery);
        return delivery;
    }

    /** Sends the batches on their way. */
    PushCall start() {
        open = deliveries.size();
        if (open == 0) {
            complete();
        } else {
            dispatcher().submit(this, List.copyOf(deliveries));
        }
        return this;
    }

    /** Completes with the receipt, or with a {@link PushException} where rows are left with the caller. */
    CompletableFuture<Receipt> future() {
        return future;
    }

    /** Completes with the end, whatever the caller does to {@link #future()}. */
    CompletableFuture<@Nullable Void> end() {
        return end;
    }

    /** Lets nothing begin if the calling thread, which is going to wait, was interrupted. */
    PushCall heedInterrupt() {
        if (Thread.currentThread().isInterrupted()) {
            markAborted(INTERRUPTED);
        }
        return this;
    }

    /** Waits for the end, and hastens it when interrupted. */
    Receipt await() {
        boolean interrupted = false;
        while (!done) {
            try {
                if (!dispatcher().crew().await(() -> done, interrupted ? Closing.GRACE : Durations.FOR_EVER)) {
                    // A request that waits for its answer does not hear of an interrupt.
                    dispatcher().abandon(this, "interrupted while an attempt was under way: rows may be written");
                }
            } catch (InterruptedException e) {
                interrupted = true;
                abort(INTERRUPTED);
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        Receipt receipt = receipt();
        Optional<Problem> problem = Problem.worst(problems());
        if (problem.isPresent()) {
            throw problem.get().failure(receipt);
        }
        return receipt;
    }

    /** What is left with the caller. */
    List<Held> held() {
        return problems().stream().map(Problem::held).toList();
    }

    @Override
    boolean holds() {
        return false;
    }

    @Override
    Runnable ended(Delivery delivery) {
        Ending.Kind reason = delivery.endedBy().orElse(Ending.Kind.DELIVERED);
        if (reason != Ending.Kind.DELIVERED && reason != Ending.Kind.ABORTED) {
            dispatcher().skip(this, reason);
        }
        return isLast(delivery) ? this::complete : () -> {};
    }

    private synchronized boolean isLast(Delivery delivery) {
        delivery.replaced().ifPresent(old -> deliveries.replaceAll(other -> other == old ? delivery : other));
        open--;
        return open == 0;
    }

    private void complete() {
        Receipt receipt = receipt();
        Optional<Problem> problem = Problem.worst(problems());
        done = true;
        dispatcher().tell();
        end.complete(null);
        if (problem.isPresent()) {
            future.completeExceptionally(problem.get().failure(receipt));
        } else {
            future.complete(receipt);
        }
    }

    private synchronized Receipt receipt() {
        List<Receipt.Part> parts = deliveries.stream()
                .flatMap(delivery -> delivery.parts().stream())
                .toList();
        return new Receipt(account().table(), submitted, superseded, parts);
    }

    private synchronized List<Problem> problems() {
        return deliveries.stream()
                .flatMap(delivery -> delivery.problems().stream())
                .toList();
    }
}
