package dev.sluice.push;

import dev.sluice.row.ChangedRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is known of a batch after its function was called. */
sealed interface Answer {
    /** Each row has an outcome, in the order of the rows. */
    record Each(List<RowOutcome> outcomes) implements Answer {}

    /**
     * The whole batch failed.
     *
     * @param doubt whether rows may have been delivered all the same, or will be by a job that goes on: the batch stays
     *     one, under its id and with its job
     */
    record Failed(String problem, boolean doubt) implements Answer {}

    /** The claim has ended: the batch is somebody else's, or gone. */
    record Lost() implements Answer {}

    /** How many missing keys a message names. */
    int NAMED = 3;

    static Answer all(PushBatch batch, RowOutcome outcome) {
        return new Each(batch.rows().stream().map(row -> outcome).toList());
    }

    /**
     * Takes each row's outcome out of what the function gave; all of them must be there.
     *
     * @param doubt whether rows may be delivered all the same if not, so that the batch has to keep its id
     */
    static Answer of(PushBatch batch, @Nullable Map<String, RowOutcome> given, boolean doubt) {
        if (given == null || given.isEmpty()) {
            return new Failed(
                    "the function gave no statuses for " + batch.rows().size()
                            + " rows: return one for each, by the key \"rowid:change_type\"",
                    doubt);
        }
        List<RowOutcome> outcomes = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        for (ChangedRow row : batch.rows()) {
            @Nullable RowOutcome outcome = given.get(row.key());
            if (outcome == null) {
                missing.add(row.key());
            } else {
                outcomes.add(outcome);
            }
        }
        return missing.isEmpty() ? new Each(outcomes) : new Failed(missing(missing, batch), doubt);
    }

    private static String missing(List<String> keys, PushBatch batch) {
        String more = keys.size() > NAMED ? ", +" + (keys.size() - NAMED) + " more" : "";
        return "the function gave no status for " + keys.size() + " of "
                + batch.rows().size() + " rows ("
                + String.join(", ", keys.subList(0, Math.min(NAMED, keys.size()))) + more
                + "): return one for each, by the key \"rowid:change_type\"";
    }
}
