package dev.sluice.jdbc;

import dev.sluice.ClientSpool;
import dev.sluice.StreamClient;
import dev.sluice.batch.BatchId;
import dev.sluice.batch.BatchPolicy;
import dev.sluice.jdbc.checkpoint.Checkpoint;
import dev.sluice.jdbc.checkpoint.CheckpointException;
import dev.sluice.jdbc.checkpoint.CheckpointStore;
import dev.sluice.jdbc.checkpoint.Cursor;
import dev.sluice.jdbc.checkpoint.Fingerprint;
import dev.sluice.jdbc.checkpoint.PendingRange;
import dev.sluice.jdbc.dialect.Horizon;
import dev.sluice.jdbc.dialect.SourceException;
import dev.sluice.jdbc.source.Page;
import dev.sluice.jdbc.source.PageSource;
import dev.sluice.jdbc.source.Stamps;
import dev.sluice.jdbc.source.TablePlan;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
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
            @Nullable Duration horizonLag,
            SyncListener listener,
            BooleanSupplier stopped) {}

    private final Setting setting;
    private final TablePlan plan;
    private final PageSource source;
    private Checkpoint checkpoint;
    private long rows;
    private long dead;
    private int pages;
    private int heldBack;
    private int inFuture;

    TableSync(Setting setting, TablePlan plan, PageSource source) {
        this.setting = setting;
        this.plan = plan;
        this.source = source;
        this.checkpoint = Checkpoint.start(source.table(), plan.destination(), source.fingerprint());
    }

    /** The loop. Progress is made in one place only: where a receipt says that a page's rows are settled. */
    SyncReport.TableReport run() {
        boolean complete = false;
        RuntimeException error = null;
        try {
            checkpoint = loadCheckpoint();
            tell(() -> setting.listener().tableStarted(source.table(), plan.destination(), expectedRows()));
            // First of all: nothing moves before it is sure that the checkpoint and the database go together.
            Horizon horizon = horizon();
            redeliverPending();
            source.checkNulls();
            complete = readUpTo(horizon);
        } catch (RuntimeException e) {
            error = e;
        }
        return new SyncReport.TableReport(
                source.table(),
                plan.destination(),
                rows,
                dead,
                pages,
                heldBack,
                inFuture,
                checkpoint.cursor(),
                complete,
                error);
    }

    private boolean readUpTo(Horizon horizon) {
        boolean more = true;
        while (more) {
            if (setting.stopped().getAsBoolean()) {
                return false;
            }
            Optional<Page> page =
                    source.next(checkpoint.cursor(), horizon.bound(), stamps(), checkpoint.epoch(), setting.pages());
            page.ifPresent(this::deliver);
            more = page.isPresent() && !page.get().last();
        }
        save(checkpoint.passed(horizon.time()));
        heldBack = source.heldBack(horizon.bound());
        inFuture = heldBack == 0 ? 0 : source.inFuture(horizon);
        return true;
    }

    private void deliver(Page page) {
        save(checkpoint.sending(page.range()));
        Optional<ClientSpool> spool = setting.client().spool();
        if (spool.isPresent()) {
            boolean ignored = spool.get().put(page.batch());
        } else {
            dead += setting.client().push(page.batch()).dead();
        }
        pages++;
        settle(page.range());
    }

    /** The range's rows are written, dead letters, or in the spool, which is the same to the cursor. */
    private void settle(PendingRange range) {
        save(checkpoint.settled(range));
        setting.client().spool().ifPresent(spool -> spool.forget(new BatchId(range.batch())));
        rows += range.rows();
        tell(() -> setting.listener().pageSettled(source.table(), plan.destination(), rows));
    }

    /** Sends again what a run before this one may have sent: the same rows under the same id, if they are the same. */
    private void redeliverPending() {
        for (PendingRange range : checkpoint.pending()) {
            if (isSpooled(range)) {
                settle(range);
                continue;
            }
            LOG.info("Sending the pending range of batch {} again", range.batch());
            Optional<Page> page = again(range);
            page.ifPresent(this::deliver);
            if (page.isEmpty()) {
                // Every row has changed since and moved behind the range: they are read there.
                save(checkpoint.skipped(range));
            }
        }
    }

    /** Whether the run before this one came as far as the spool: then its rows need not be read again. */
    private boolean isSpooled(PendingRange range) {
        return setting.client()
                .spool()
                .filter(spool -> spool.knows(new BatchId(range.batch())))
                .isPresent();
    }

    /** Stamped as it was, if the rows are the same; otherwise as newer than all that was sent before. */
    private Optional<Page> again(PendingRange range) {
        Stamps before = new Stamps(range.sequence(), range.stamp(), range.initial());
        Optional<Page> page = source.again(range, before, checkpoint.epoch());
        boolean same = page.isPresent() && page.get().range().batch().equals(range.batch());
        return same ? page : source.again(range, stamps(), checkpoint.epoch());
    }

    private Checkpoint loadCheckpoint() {
        Checkpoint loaded =
                setting.checkpoints().load(source.table(), plan.destination()).orElse(checkpoint);
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

    private Horizon horizon() {
        Horizon horizon = source.horizon(setting.horizonLag(), checkpoint.horizon());
        Cursor cursor = checkpoint.cursor();
        if (horizon.behind() || (cursor != null && source.isAhead(cursor, horizon))) {
            throw new CheckpointException("the checkpoint of " + source.table()
                    + " lies in the future of the database, whose clock says " + horizon.now()
                    + ": the database was restored or its clock set back. Start the table from its beginning with"
                    + " state reset, or wait if it is only the clock");
        }
        if (horizon.prepared() > 0) {
            throw new SourceException(horizon.prepared() + " prepared transactions are open, and what they wrote to "
                    + source.table() + " may appear with a time of long ago: COMMIT PREPARED or ROLLBACK PREPARED them"
                    + " (pg_prepared_xacts lists them), then sync again");
        }
        return horizon;
    }

    /**
     * The sequence follows the clock where the clock is ahead, so that it goes on rising even when the checkpoints were
     * lost and rows are sent anew.
     */
    private Stamps stamps() {
        return stamps(checkpoint);
    }

    /** For rows that are read now. */
    static Stamps stamps(Checkpoint checkpoint) {
        Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
        long micros = ChronoUnit.MICROS.between(Instant.EPOCH, now);
        return new Stamps(Math.max(checkpoint.sequence() + 1, micros), now.toString(), !checkpoint.loaded());
    }

    /** Only of the initial load something is known beforehand. */
    private long expectedRows() {
        return checkpoint.loaded() ? -1 : Math.max(-1, source.estimatedRows() - checkpoint.rows());
    }

    private void save(Checkpoint next) {
        setting.checkpoints().save(next);
        checkpoint = next;
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
