package dev.sluice.jdbc;

import dev.sluice.StreamClient;
import dev.sluice.batch.BatchPolicy;
import dev.sluice.jdbc.checkpoint.Checkpoint;
import dev.sluice.jdbc.checkpoint.CheckpointException;
import dev.sluice.jdbc.checkpoint.CheckpointStore;
import dev.sluice.jdbc.checkpoint.Cursor;
import dev.sluice.jdbc.checkpoint.Fingerprint;
import dev.sluice.jdbc.checkpoint.KeyBook;
import dev.sluice.jdbc.checkpoint.PendingRange;
import dev.sluice.jdbc.source.DeleteScan;
import dev.sluice.jdbc.source.PageSource;
import dev.sluice.jdbc.source.TablePlan;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One pass over one table. */
final class TableSync {
    private static final Logger LOG = LoggerFactory.getLogger(TableSync.class);

    /**
     * What all tables of an extractor share.
     *
     * @param readsAhead whether pages are read while others are on the network
     * @param readers how many threads read at once, at most
     * @param taken the plan that each checkpoint is moved by
     */
    record Setting(
            StreamClient client,
            CheckpointStore checkpoints,
            BatchPolicy pages,
            boolean readsAhead,
            int readers,
            HorizonRule horizon,
            SyncListener listener,
            BooleanSupplier stopped,
            ConcurrentMap<String, TablePlan> taken) {
        /** The same, heard by another listener. */
        Setting heardBy(SyncListener other) {
            return new Setting(client, checkpoints, pages, readsAhead, readers, horizon, other, stopped, taken);
        }
    }

    private final Setting setting;
    private final TablePlan plan;
    private final PageSource source;
    private final Lag lag;
    private final Findings findings;
    private @Nullable Cursor cursor;
    private @Nullable Delivery delivery;
    private final @Nullable KeyBook book;
    private int heldBack;
    private int inFuture;

    TableSync(Setting setting, TablePlan plan, PageSource source, Lag lag) {
        this.setting = setting;
        this.plan = plan;
        this.source = source;
        this.findings = new Findings(plan.source(), setting.listener());
        this.lag = lag;
        this.book = book(setting, plan, source);
    }

    /** Keeps the keys that are sent, for a plan that looks for deleted rows; null for others. */
    static @Nullable KeyBook book(Setting setting, TablePlan plan, PageSource source) {
        return plan.deletes().isPresent()
                ? new KeyBook(
                        setting.checkpoints(),
                        source.table(),
                        plan.destination(),
                        source.keys().names())
                : null;
    }

    /** Whether the API took a page only after it had asked to wait, or failed. */
    boolean slowed() {
        return delivery != null && delivery.slowed();
    }

    SyncReport.TableReport run() {
        boolean complete = false;
        RuntimeException error = null;
        try {
            Progress progress = new Progress(setting.checkpoints(), loadCheckpoint());
            Repeats repeats = new Repeats(progress, plan.lookBack().isPresent());
            Delivery carrying = new Delivery(setting, source, plan.destination(), progress, repeats, book);
            delivery = carrying;
            try {
                complete = pass(progress, carrying, repeats);
            } finally {
                cursor = progress.now().cursor();
                findings.overflow(repeats.homeless());
            }
        } catch (RuntimeException e) {
            error = e;
        }
        return report(complete, error);
    }

    /** The whole of a pass; false if it was stopped. */
    private boolean pass(Progress progress, Delivery delivery, Repeats repeats) {
        long expected = expectedRows(progress.now());
        tell(() -> setting.listener().tableStarted(source.table(), plan.destination(), expected));
        TableLoad load = new TableLoad(setting, source, delivery, progress, plan.loadThreads());
        boolean through =
                plan.isSnapshot() ? snapshot(load, progress, delivery) : changes(load, progress, delivery, repeats);
        return through && findDeleted(progress, delivery);
    }

    private boolean snapshot(TableLoad load, Progress progress, Delivery delivery) {
        sendAgain(progress, delivery);
        return load.snapshot();
    }

    private boolean changes(TableLoad load, Progress progress, Delivery delivery, Repeats repeats) {
        // First of all: nothing moves before it is sure that the checkpoint and the database go together.
        HorizonTaker taker = new HorizonTaker(setting.horizon(), source, setting.stopped());
        Reach reach = reach(taker, progress.now());
        sendAgain(progress, delivery);
        Duration lookBack = plan.lookBack().orElse(null);
        Checkpoint before = progress.now();
        progress.save(checkpoint -> reach.begun(checkpoint, lookBack != null));
        boolean due = TableLoad.isDue(before);
        if (due && !load.upTo(upper(taker, reach, lookBack, progress.now()))) {
            return false;
        }
        // A load takes its time; what changed meanwhile is read in the same pass.
        Reach now = due ? reach(taker, progress.now()) : reach;
        findings.overtaken(now);
        Spans spans = Spans.of(now, due ? progress.now() : before, due, lookBack);
        progress.save(checkpoint -> now.begun(checkpoint, lookBack != null));
        return read(new PassReader(taker, now, spans, progress, delivery), now, progress, repeats);
    }

    private Reach reach(HorizonTaker taker, Checkpoint checkpoint) {
        if (checkpoint.loaded() && checkpoint.horizon() != null) {
            lag.reached(Instant.parse(checkpoint.horizon()));
        }
        Reach reach = taker.take(checkpoint);
        lag.databaseTime(reach.now());
        return reach;
    }

    /** A load reads what no later pass reads again, for it remembers nothing; null if nothing is safe to be read. */
    private static TableLoad.@Nullable Upper upper(
            HorizonTaker taker, Reach reach, @Nullable Duration lookBack, Checkpoint checkpoint) {
        Instant time = Spans.of(reach, checkpoint, true, lookBack).recorded();
        String bound = taker.bound(reach, time);
        return bound == null ? null : new TableLoad.Upper(time, bound);
    }

    private boolean read(PassReader reader, Reach reach, Progress progress, Repeats repeats) {
        if (!reader.readAgain() || !reader.readUpToBound() || !reader.readFuture()) {
            return false;
        }
        progress.save(checkpoint -> repeats.ended(reader.ended(checkpoint), reach.bound(), reader.future()));
        lag.reached(reach.bound());
        heldBack = source.heldBack(reader.bound(), reader.futureBound());
        inFuture = reader.inFuture();
        findings.future(inFuture);
        return true;
    }

    private boolean findDeleted(Progress progress, Delivery delivery) {
        Optional<DeleteScan> scan = plan.deletes();
        Instant now = Instant.now();
        if (scan.isEmpty()
                || book == null
                || !KeyScan.isDue(scan.get(), progress.now().scanned(), now)) {
            return true;
        }
        boolean through = new KeyScan(scan.get(), source, book, delivery, setting.stopped()).run();
        if (through) {
            progress.save(
                    checkpoint -> checkpoint.change().scanned(now.toString()).build());
        }
        return through;
    }

    private void sendAgain(Progress progress, Delivery delivery) {
        compareColumns(progress);
        for (PendingRange range : progress.now().pending()) {
            delivery.again(range, TableLoad.ALONG);
        }
        findings.skipped(source.checkNulls());
    }

    private void compareColumns(Progress progress) {
        List<String> before = progress.now().columns();
        List<String> now = source.columns();
        if (!before.isEmpty() && !before.equals(now)) {
            findings.columnsChanged(before, now);
            progress.save(checkpoint -> checkpoint.change().columns(now).build());
        }
    }

    private SyncReport.TableReport report(boolean complete, @Nullable RuntimeException error) {
        findings.valuesChanged(source.losses().byColumn());
        findings.leftOut(delivery == null ? 0 : delivery.leftOut());
        if (source.isUndescribed()) {
            findings.undescribed();
        }
        return new SyncReport.TableReport(
                source.table(),
                plan.destination(),
                delivery == null ? 0 : delivery.rows(),
                delivery == null ? 0 : delivery.dead(),
                delivery == null ? 0 : delivery.pages(),
                heldBack,
                inFuture,
                cursor,
                complete,
                error,
                findings.all());
    }

    private Checkpoint loadCheckpoint() {
        Checkpoint loaded = setting.checkpoints()
                .load(source.table(), plan.destination())
                .orElseGet(() -> Checkpoint.start(source.table(), plan.destination(), source.fingerprint()));
        cursor = loaded.cursor();
        return identified(loaded, source.fingerprint());
    }

    /**
     * The checkpoint, as one of the database that is there now.
     *
     * @throws CheckpointException if it is of another one, or of other settings
     */
    static Checkpoint identified(Checkpoint loaded, Fingerprint now) {
        Fingerprint before = loaded.fingerprint();
        if (before == null) {
            return loaded.identified(now);
        }
        List<String> differences = before.differences(now);
        if (!differences.isEmpty()) {
            throw new CheckpointException("the checkpoint of " + loaded.source() + " -> " + loaded.destination()
                    + " is not for this set-up: " + String.join("; ", differences)
                    + ". Put the settings back, or start the table from its beginning with state reset");
        }
        return loaded;
    }

    private long expectedRows(Checkpoint checkpoint) {
        long all = source.estimatedRows();
        if (all <= 0 || (checkpoint.loaded() && !plan.isSnapshot())) {
            return -1;
        }
        boolean begun = checkpoint.load() != null || !checkpoint.loaded();
        return begun ? Math.max(0, all - checkpoint.rows()) : all;
    }

    /** Calls a listener, which must not disturb the sync. */
    static void tell(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException e) {
            LOG.warn("A sync listener failed; the sync goes on", e);
        }
    }
}
