package dev.sluice.push;

import dev.sluice.row.ChangedRow;

/**
 * Told of rows that were not simply delivered, after the queue has taken that in.
 *
 * <p>Called on the thread that pushes, possibly by several threads at once; what it throws is logged and disturbs nothing.
 */
@FunctionalInterface
public interface RowListener {
    /** A row has a warning, an error, or was rejected and kept as a dead letter. */
    void settled(PushBatch batch, ChangedRow row, RowOutcome outcome);
}
