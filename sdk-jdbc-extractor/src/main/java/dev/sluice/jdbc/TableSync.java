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
import dev.sluice.jdbc.checkpoint.PendingRange.Phase;
import dev.sluice.jdbc.source.DeleteScan;
import dev.sluice.jdbc.source.Horizon;
import dev.sluice.jdbc.source.Page;
import dev.sluice.jdbc.source.PageSource;
import dev.sluice.jdbc.source.Slice;
import dev.sluice.jdbc.source.TablePlan;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One pass over one table. */
final class TableSync {
    private static final Logger LOG = LoggerFactory.getLogger(TableSync.class);

    /** What all tables of an extractor share. */
    record Setting(
            StreamClient client,
            CheckpointStore checkpoints,
            BatchPolicy pages,
            HorizonRule horizon,
            SyncListener listener,
            BooleanSupplier stopped) {}

    private final Setting setting;
    private final TablePlan plan;
    private final PageSource source;
    private @Nullable Cursor cursor;
    private @Nullable Delivery delivery;
    private final @Nullable KeyBook book;
    private int heldBack;
    private int inFuture;

    TableSync(Setting setting, TablePlan plan, PageSource source) {
        this.setting = setting;
        this.plan = plan;
        this.source = source;
        this.book = plan.deletes().isPresent()
                ? new KeyBook(setting.checkpoints(), source.table(), plan.destination())
                : null;
    }

    SyncReport.TableReport run() {
        boolean complete = false;
        RuntimeException error = null;
        try {
            Progress progress = new Progress(setting.checkpoints(), loadCheckpoint());
            Delivery carrying = new Delivery(setting, source, plan.destination(), progress, book);
            delivery = carrying;
            try {
                complete = pass(progress, carrying);
            } finally {
                cursor = progress.now().cursor();
            }
        } catch (RuntimeException e) {
            error = e;
        }
        return report(complete, error);
    }

    /** The whole of a pass; false if it was stopped. */
    private boolean pass(Progress progress, Delivery delivery) {
        Checkpoint before = progress.now();
        tell(() -> setting.listener().tableStarted(source.table(), plan.destination(), expectedRows(before)));
        // First of all: nothing moves before it is sure that the checkpoint and the database go together.
        Horizon horizon = horizon(before);
        for (PendingRange range : before.pending()) {
            delivery.again(range, Delivery.Along.NOTHING);
        }
        source.checkNulls();
        if (!readUpTo(horizon, progress, delivery)) {
            return false;
        }
        progress.save(checkpoint -> checkpoint.passed(horizon.time()));
        if (horizon.bound() != null) {
            heldBack = source.heldBack(horizon.bound());
        }
        inFuture = heldBack == 0 ? 0 : source.inFuture(horizon);
        return findDeleted(progress, delivery);
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

    private boolean readUpTo(Horizon horizon, Progress progress, Delivery delivery) {
        boolean more = true;
        while (more) {
            if (setting.stopped().getAsBoolean()) {
                return false;
            }
            Checkpoint now = progress.now();
            Phase phase = now.loaded() ? Phase.CHANGES : Phase.FIRST;
            Slice rest = new Slice(phase, now.cursor(), null, horizon.bound());
            Optional<Page> page = delivery.next(rest, Delivery.Along.NOTHING);
            more = page.isPresent() && !page.get().last();
        }
        return true;
    }

    private SyncReport.TableReport report(boolean complete, @Nullable RuntimeException error) {
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
                error);
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

    private Horizon horizon(Checkpoint checkpoint) {
        Horizon horizon = source.horizon(activity -> setting.horizon().decide(activity, checkpoint));
        Cursor place = checkpoint.cursor();
        if (place != null && source.isAhead(place, horizon)) {
            throw HorizonRule.ahead(checkpoint, String.valueOf(horizon.now()));
        }
        return horizon;
    }

    /** Only of the initial load something is known beforehand. */
    private long expectedRows(Checkpoint checkpoint) {
        return checkpoint.loaded() ? -1 : Math.max(-1, source.estimatedRows() - checkpoint.rows());
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
