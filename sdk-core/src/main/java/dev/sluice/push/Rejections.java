package dev.sluice.push;

import dev.sluice.batch.Batch;
import dev.sluice.batch.BatchId;
import dev.sluice.receipt.DeadLetter;
import dev.sluice.receipt.DeadLetters;
import dev.sluice.row.ChangedRow;
import dev.sluice.row.Destination;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands rejected rows to the dead letters; a row that they do not take has failed instead, and so stays. */
final class Rejections {
    private static final Logger LOG = LoggerFactory.getLogger(Rejections.class);

    /** The tags that tell where a letter's row belongs. */
    static final String TARGET = "push_target";

    static final String ROW_ID = "row_id";
    static final String CHANGE = "change_type";

    private final String target;
    private final @Nullable DeadLetters hook;

    Rejections(String target, @Nullable DeadLetters hook) {
        this.target = target;
        this.hook = hook;
    }

    /** The outcomes as they are when the dead letters have had their say. */
    List<RowOutcome> keep(PushBatch batch, List<RowOutcome> outcomes, int attempts, Instant first, Instant last) {
        List<RowOutcome> kept = new ArrayList<>(outcomes);
        for (int i = 0; i < kept.size(); i++) {
            if (kept.get(i) instanceof RowOutcome.Rejected reject) {
                DeadLetter letter = letter(batch, i, reject.message(), Math.max(1, attempts), first, last);
                kept.set(i, keep(letter, batch.rows().get(i), reject));
            }
        }
        return kept;
    }

    private RowOutcome keep(DeadLetter letter, ChangedRow row, RowOutcome.Rejected reject) {
        if (hook == null) {
            return RowOutcome.error(
                    "rejected, but there are no dead letters to keep it: set deadLetters. " + reject.message());
        }
        try {
            hook.keep(letter);
            return reject;
        } catch (Throwable e) { // also what Kotlin code throws undeclared
            LOG.error("The dead-letter hook failed on row {} of {}; the row stays in the queue", row.key(), target, e);
            return RowOutcome.error("rejected, but the dead-letter hook failed with " + e);
        }
    }

    /** One row, which is told from others by its tags. */
    private DeadLetter letter(PushBatch batch, int index, String message, int attempts, Instant first, Instant last) {
        ChangedRow row = batch.rows().get(index);
        Destination destination = Destination.append("push." + target)
                .tag(TARGET, target)
                .tag(ROW_ID, Long.toString(row.rowId()))
                .tag(CHANGE, row.change().text());
        BatchId id = batch.id().part(index);
        byte[] json = row.row().toBytes();
        Batch rows = Batch.restore(id, destination, json, new int[] {json.length});
        return new DeadLetter(
                rows, DeadLetter.Reason.REJECTED, row.key() + ": " + message, 0, attempts, first, last, 0, null);
    }
}
