package dev.sluice.jdbc;

import dev.sluice.jdbc.checkpoint.Checkpoint;
import dev.sluice.jdbc.checkpoint.CheckpointException;
import dev.sluice.jdbc.checkpoint.CheckpointStore;
import dev.sluice.jdbc.checkpoint.Cursor;
import dev.sluice.jdbc.dialect.Finding.Severity;
import dev.sluice.jdbc.source.PageSource;
import dev.sluice.jdbc.source.TablePlan;
import dev.sluice.jdbc.source.TableProbe;
import java.time.Instant;

/** Judges whether a table's checkpoint goes together with the database that is there now; takes no lock. */
final class CheckpointChecks {
    private static final String RESET = "put the settings back, or start the table from its beginning with state reset";

    private final CheckpointStore checkpoints;
    private final TablePlan plan;
    private final TableProbe probe;
    private final CheckFindings found;

    CheckpointChecks(CheckpointStore checkpoints, TablePlan plan, TableProbe probe, CheckFindings found) {
        this.checkpoints = checkpoints;
        this.plan = plan;
        this.probe = probe;
        this.found = found;
    }

    /** Of a table that was never synced there is nothing to be said. */
    void run(PageSource source) {
        checkpoints.list().stream()
                .filter(one -> one.source().equals(source.table()))
                .filter(one -> one.destination().equals(plan.destination()))
                .forEach(one -> judge(one, source));
    }

    private void judge(Checkpoint checkpoint, PageSource source) {
        try {
            Checkpoint ignored = TableSync.identified(checkpoint, source.fingerprint());
        } catch (CheckpointException e) {
            found.error(FindingCode.CHECKPOINT_MISMATCH, sentence(e), RESET);
            return;
        }
        Instant now = probe.now();
        if (isAhead(checkpoint, now)) {
            CheckpointException ahead = HorizonRule.ahead(checkpoint, now.toString());
            found.told(FindingCode.CHECKPOINT_AHEAD, Severity.ERROR, String.valueOf(ahead.getMessage()));
        }
    }

    /** What differs; what to do about it is the remedy. */
    private static String sentence(CheckpointException e) {
        String message = String.valueOf(e.getMessage());
        return message.substring(0, Math.max(message.lastIndexOf(". "), 0));
    }

    private boolean isAhead(Checkpoint checkpoint, Instant now) {
        String horizon = checkpoint.horizon();
        Cursor cursor = checkpoint.cursor();
        if (horizon != null && Instant.parse(horizon).isAfter(now)) {
            return true;
        }
        String place = cursor == null ? null : cursor.watermark();
        return place != null
                && probe.times()
                        .filter(times -> times.isAbove(place, times.bound(now)))
                        .isPresent();
    }
}
