package dev.sluice.push;

import dev.sluice.batch.BatchId;
import dev.sluice.row.ChangedRow;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a {@link PushFunction} is to deliver in one call.
 *
 * @param id the same when the batch is pushed again because its outcome is not known, be it after a crash: send it as an
 *     idempotency key where the receiver knows such
 * @param number counts the batches of a run from 1
 * @param rows at least one, in the order they are to be applied; no two have the same key
 */
public record PushBatch(BatchId id, int number, List<ChangedRow> rows) {
    public PushBatch {
        rows = List.copyOf(rows);
    }

    /** The same outcome for every row. */
    public Map<String, RowOutcome> all(RowOutcome outcome) {
        Map<String, RowOutcome> outcomes = new LinkedHashMap<>();
        rows.forEach(row -> outcomes.put(row.key(), outcome));
        return outcomes;
    }
}
