package dev.sluice;

import dev.sluice.batch.Batch;
import dev.sluice.batch.BatchId;
import dev.sluice.receipt.Receipt;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Takes pushes in: plans them, lets their rows into memory and sends them on their way, by the spool if there is one. */
final class Pushes {
    private final Settings settings;
    private final Books books;
    private final Dispatcher dispatcher;
    private final Closing closing;
    private final Admission admission;
    private final @Nullable Depot depot;

    Pushes(Engine engine) {
        this.settings = engine.settings();
        this.books = engine.books();
        this.dispatcher = engine.dispatcher();
        this.closing = engine.closing();
        this.admission = engine.admission();
        this.depot = engine.depot();
    }

    Receipt push(PushRequest request) {
        PushPlan plan = plan(request);
        if (depot != null) {
            return start(depot, plan, request).await();
        }
        return call(plan, request).heedInterrupt().start().await();
    }

    CompletableFuture<Receipt> pushAsync(PushRequest request) {
        PushPlan plan = plan(request);
        if (depot != null) {
            return start(depot, plan, request).future();
        }
        PushCall call = call(plan, request);
        closing.watch(call);
        return call.start().future();
    }

    Receipt push(Batch batch) {
        Books.Account account = books.pushes(batch.destination().table());
        admit(account, batch.rows(), Books.cost(batch));
        if (depot != null) {
            SpoolPush push = new SpoolPush(depot, dispatcher, account, batch.rows(), 0);
            push.add(batch, row -> row);
            return start(push, () -> {}).await();
        }
        PushCall call = new PushCall(dispatcher, settings.push(null, false), account, batch.rows(), 0);
        call.delivery(batch, row -> row);
        return call.heedInterrupt().start().await();
    }

    /** Puts the batch into the spool and leaves it there; its id is remembered. */
    boolean spool(Depot spool, Batch batch) {
        Books.Account account = books.pushes(batch.destination().table());
        admit(account, batch.rows(), Books.cost(batch));
        List<BatchId> added = spool.put(account, List.of(batch), true, settings.maxBlock());
        return !added.isEmpty();
    }

    private PushPlan plan(PushRequest request) {
        closing.checkOpen();
        Settings.checkNoSpool("a push", request.unknown(), depot);
        PushPlan plan = PushPlan.of(request, settings.mapper(), settings.batches(), books.maxTableBytes());
        if (settings.deadLetters() == null && !plan.keyless().isEmpty()) {
            throw plan.keyless().get(0).problem();
        }
        return plan;
    }

    private Books.Account enter(PushPlan plan, PushRequest request) {
        Books.Account account = books.pushes(request.destination().table());
        admit(account, plan.submitted(), plan.cost());
        books.superseded(account, plan.superseded(), 0);
        return account;
    }

    private PushCall call(PushPlan plan, PushRequest request) {
        Terms terms = settings.push(request.unknown(), true);
        PushCall call = new PushCall(dispatcher, terms, enter(plan, request), plan.submitted(), plan.superseded());
        int start = 0;
        for (Batch batch : plan.batches()) {
            call.delivery(batch, plan.positions(start));
            start += batch.rows();
        }
        for (PushPlan.Keyless row : plan.keyless()) {
            call.delivery(row.row(), first -> row.position()).refused(row.problem());
        }
        return call;
    }

    private SpoolPush start(Depot spool, PushPlan plan, PushRequest request) {
        Books.Account account = enter(plan, request);
        SpoolPush push = new SpoolPush(spool, dispatcher, account, plan.submitted(), plan.superseded());
        int start = 0;
        for (Batch batch : plan.batches()) {
            push.add(batch, plan.positions(start));
            start += batch.rows();
        }
        try {
            return start(push, () -> refuse(plan, push, account));
        } catch (RuntimeException | Error e) {
            plan.keyless().forEach(row -> admission.revoke(account, 1, Books.cost(row.row())));
            throw e;
        }
    }

    /** Rows without their key become dead letters once the others are safe. */
    private void refuse(PushPlan plan, SpoolPush push, Books.Account account) {
        PushCall owner = new PushCall(dispatcher, settings.push(null, true), account, 0, 0);
        for (PushPlan.Keyless row : plan.keyless()) {
            push.refuse(
                    dispatcher
                            .delivery(row.row(), first -> row.position(), owner)
                            .refused(row.problem()),
                    books);
        }
    }

    private SpoolPush start(SpoolPush push, Runnable safe) {
        return push.start(settings.maxBlock(), settings.retries().deadline(), safe);
    }

    private void admit(Books.Account account, int rows, long cost) {
        if (Job.isDelivering(dispatcher, account.table())) {
            throw new IllegalStateException("a hook or listener pushed to " + account.table()
                    + ", for which it was called: the push would wait for itself; push from another thread");
        }
        admission.admit(account, rows, cost, settings.maxBlock());
    }
}
