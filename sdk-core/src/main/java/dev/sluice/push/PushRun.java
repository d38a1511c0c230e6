package dev.sluice.push;

import dev.sluice.row.ChangedRow;
import dev.sluice.spool.PushQueue;
import dev.sluice.spool.PushQueue.Claim;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One drain of what was pending at its beginning: every event is tried at most once. */
final class PushRun {
    private static final Logger LOG = LoggerFactory.getLogger(PushRun.class);

    /** A thread of a run beside the caller's. */
    private static final class Helper extends Thread {
        private final PushRun run;

        private Helper(PushRun run, String name) {
            super(run::drain, name);
            this.run = run;
        }
    }

    /** Whether the calling thread works for a run of this runner. */
    static boolean isRunning(Pace pace) {
        return Thread.currentThread() instanceof Helper helper && helper.run.pace == pace;
    }

    private final PushQueue queue;
    private final PushTerms terms;
    private final Pace pace;
    private final RunBook book;
    private final Rejections rejections;

    /** What was tried and may still be in the queue. */
    private final Set<Long> tried = ConcurrentHashMap.newKeySet();

    private final Set<Claim> live = ConcurrentHashMap.newKeySet();
    private volatile boolean ended;
    private long upTo;

    PushRun(PushQueue queue, PushTerms terms, Pace pace) {
        this.queue = queue;
        this.terms = terms;
        this.pace = pace;
        this.book = new RunBook(terms.target());
        this.rejections = new Rejections(terms.target(), terms.deadLetters());
    }

    PushReport go() {
        try {
            upTo = queue.last();
        } catch (RuntimeException e) {
            book.failure(e);
            return book.report(0, false);
        }
        List<Thread> helpers = new ArrayList<>();
        try {
            startHelpers(helpers);
            drain();
        } catch (Throwable e) { // no thread can be started: those that were must not go on alone
            ended = true;
            book.failure(e);
        }
        join(helpers);
        long blocked = blocked();
        return book.report(blocked, finish(book.report(blocked, false)));
    }

    private void startHelpers(List<Thread> helpers) {
        for (int i = 1; i < terms.maxConcurrency(); i++) {
            Thread helper = new Helper(this, "sluice-push-" + terms.target() + "-" + i);
            helper.setDaemon(true);
            helper.start();
            helpers.add(helper);
        }
    }

    /** Whoever settled a batch looks again, so what that batch held back is not forgotten. */
    private void drain() {
        try {
            while (!ended) {
                Optional<Claim> claim = next();
                if (claim.isEmpty()) {
                    return;
                }
                deliver(claim.get());
            }
        } catch (InterruptedException e) {
            ended = true;
            book.interrupted();
            if (!(e instanceof Pace.Stopped)) {
                Thread.currentThread().interrupt();
            }
        } catch (Throwable e) { // whatever it is, the others must not go on as if nothing were wrong
            ended = true;
            book.failure(e);
        }
    }

    private void join(List<Thread> helpers) {
        boolean interrupted = false;
        for (Thread helper : helpers) {
            while (helper.isAlive()) {
                try {
                    helper.join();
                } catch (InterruptedException e) {
                    // Whether it came in the caller's own work or behind it, the others are to end too.
                    interrupted = true;
                    ended = true;
                    book.interrupted();
                    helpers.forEach(Thread::interrupt);
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private Optional<Claim> next() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("the run is to end");
        }
        pace.checkNotStopped();
        // Those in the hands of this run's other threads are not stuck, however long their function takes.
        live.forEach(queue::renew);
        Optional<Claim> next = queue.claim(terms.target(), upTo, terms.batchSize(), tried);
        next.ifPresent(claim -> {
            live.add(claim);
            tried.addAll(sequences(claim));
        });
        return next;
    }

    private void deliver(Claim claim) throws InterruptedException {
        try {
            attempt(claim);
        } catch (Throwable e) {
            release(claim, e);
            throw e;
        } finally {
            live.remove(claim);
        }
    }

    private void attempt(Claim claim) throws InterruptedException {
        List<ChangedRow> rows =
                claim.events().stream().map(PushQueue.Event::row).toList();
        PushBatch batch = new PushBatch(claim.batch(), book.begin(), rows);
        Instant first = terms.timing().now();
        Attempt attempt = new Attempt(queue, claim, batch, terms, pace);
        Answer answer = attempt.make();
        if (answer instanceof Answer.Each each) {
            Instant last = terms.timing().now();
            settle(claim, batch, rejections.keep(batch, each.outcomes(), attempt.calls(), first, last));
        } else if (answer instanceof Answer.Failed failed) {
            book.failed(batch, failed.problem());
            boolean ignored = failed.doubt() ? queue.release(claim) : queue.settle(claim, sequences(claim));
        } else {
            lost(batch);
        }
    }

    private void settle(Claim claim, PushBatch batch, List<RowOutcome> outcomes) {
        Set<Long> failed = new HashSet<>();
        for (int i = 0; i < outcomes.size(); i++) {
            if (outcomes.get(i) instanceof RowOutcome.Failed) {
                failed.add(claim.events().get(i).sequence());
            }
        }
        if (!settled(claim, batch, failed)) {
            lost(batch);
            return;
        }
        sequences(claim).stream().filter(each -> !failed.contains(each)).forEach(tried::remove);
        book.settled(batch, outcomes);
        for (int i = 0; i < outcomes.size(); i++) {
            tell(batch, i, outcomes.get(i));
        }
    }

    /** Rows that were delivered and not settled have failed as far as anybody can tell: they will be delivered again. */
    private boolean settled(Claim claim, PushBatch batch, Set<Long> failed) {
        try {
            return queue.settle(claim, failed);
        } catch (RuntimeException e) {
            book.failed(batch, "pushed, but the queue did not take the outcomes: " + e.getMessage());
            throw e;
        }
    }

    private void lost(PushBatch batch) {
        book.failed(
                batch,
                "its claim has ended, for its target was replaced or it was not renewed for " + PushQueue.LEASE
                        + ": what it has still in the queue is pushed again");
    }

    private void release(Claim claim, Throwable e) {
        try {
            queue.release(claim);
        } catch (RuntimeException release) {
            // Then it is taken back when its lease is over, or when the queue is opened again.
            e.addSuppressed(release);
        }
    }

    /** In the log without the function's words, which may quote the row. */
    private void tell(PushBatch batch, int index, RowOutcome outcome) {
        if (outcome instanceof RowOutcome.Ok) {
            return;
        }
        String key = batch.rows().get(index).key();
        if (outcome instanceof RowOutcome.Warned) {
            LOG.warn("Row {} of batch {} for {} is delivered with a warning", key, batch.id(), terms.target());
        } else if (outcome instanceof RowOutcome.Rejected) {
            LOG.warn("Row {} of batch {} for {} is rejected, and a dead letter", key, batch.id(), terms.target());
        }
        try {
            terms.listener().settled(batch, batch.rows().get(index), outcome);
        } catch (Throwable e) { // also what Kotlin code throws undeclared
            LOG.warn("A row listener failed; the push goes on", e);
        }
    }

    private long blocked() {
        try {
            return Math.max(0, queue.count(terms.target(), upTo) - book.failed());
        } catch (RuntimeException e) {
            book.failure(e);
            return 0;
        }
    }

    /** Whether the finalizer was called, and did its work. */
    private boolean finish(PushReport report) {
        PushFunction.Finalizer finalizer = Finalizers.of(terms.function());
        if (finalizer == Finalizers.NONE || report.delivered() == 0 || !report.isClean()) {
            return false;
        }
        try {
            finalizer.run(report.delivered(), report.failed());
            return true;
        } catch (Throwable e) { // also what Kotlin code throws undeclared
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            book.problem("the finalizer failed, all rows are delivered: " + Clip.clip(e.toString()));
            return false;
        }
    }

    private static Set<Long> sequences(Claim claim) {
        Set<Long> sequences = new HashSet<>();
        claim.events().forEach(event -> sequences.add(event.sequence()));
        return sequences;
    }
}
