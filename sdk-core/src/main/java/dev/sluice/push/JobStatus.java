package dev.sluice.push;

import java.util.Map;

/** What polling a job says of it. */
public sealed interface JobStatus {
    /** It is not done yet: it is polled again. */
    record Running() implements JobStatus {}

    /**
     * It is done.
     *
     * @param outcomes one for each row of the batch, by {@link dev.sluice.row.ChangedRow#key}
     */
    record Done(Map<String, RowOutcome> outcomes) implements JobStatus {}

    /** It failed and delivered nothing: it is forgotten, and its batch is pushed again in the next run. */
    record Failed(String message) implements JobStatus {}

    static JobStatus running() {
        return new Running();
    }

    static JobStatus done(Map<String, RowOutcome> outcomes) {
        return new Done(outcomes);
    }

    /** As {@link #done}, with outcomes in their text form; see {@link RowOutcome#parse}. */
    static JobStatus doneText(Map<String, ?> statuses) {
        return new Done(RowOutcome.parseAll(statuses));
    }

    static JobStatus failed(String message) {
        return new Failed(message);
    }
}
