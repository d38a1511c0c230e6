package dev.sluice.push;

import java.util.Map;

/**
 * Delivers changed rows to where the user wants them, in one of three modes.
 *
 * <p>Delivery is at least once: a batch whose call did not come back, because the process ended or the call threw, is
 * pushed again under the same {@link PushBatch#id}. Functions are called on the thread of the run, those of
 * {@link #sync} by several threads at once if the runner is told to.
 */
public sealed interface PushFunction permits SyncFunction, AtomicFunction, AsyncFunction {
    /** How a function answers. */
    enum Mode {
        /** With an outcome for each row. */
        SYNC,
        /** With all or nothing. */
        ATOMIC,
        /** With a job that delivers the rows later. */
        ASYNC
    }

    /** Pushes a batch and tells row by row what became of it. */
    @FunctionalInterface
    interface Sync {
        /**
         * One outcome for each row, by {@link dev.sluice.row.ChangedRow#key}. Keys that no row has are ignored; if one
         * is missing, or there are none at all, the whole batch failed.
         *
         * @throws Exception if the batch failed as a whole; what became of its rows is taken to be unknown
         */
        Map<String, RowOutcome> push(PushBatch batch) throws Exception;
    }

    /** As {@link Sync}, in the text form that {@link RowOutcome#parse} reads. */
    @FunctionalInterface
    interface SyncText {
        Map<String, ?> push(PushBatch batch) throws Exception;
    }

    /** Pushes a batch, all of it or nothing. */
    @FunctionalInterface
    interface Atomic {
        /**
         * Returns when every row is delivered.
         *
         * @throws Exception if the batch failed
         */
        void push(PushBatch batch) throws Exception;
    }

    /** Hands a batch to a job. */
    @FunctionalInterface
    interface Submit {
        /**
         * The reference of the job, any text that is not blank: it is kept with the batch and given to {@link Poll}, by
         * another process if this one ends before. A process that ends between the job's beginning and that has no
         * reference to leave behind: the batch is pushed again, under the same id. A receiver that begins one job for an
         * id, and gives its reference again, makes even that harmless.
         *
         * @throws Exception if there is no job
         */
        String push(PushBatch batch) throws Exception;
    }

    /** Asks how a job is doing. */
    @FunctionalInterface
    interface Poll {
        /**
         * Where the job is.
         *
         * @throws Exception if that cannot be told now; the job stays, and is polled again in the next run
         */
        JobStatus poll(String job) throws Exception;
    }

    /** Told of a run that went well. */
    @FunctionalInterface
    interface Finalizer {
        /**
         * Called once after a run with at least one delivery and no failure of any kind. A process that ends between the
         * run's last settlement and this call does not call it any more, for the next run has nothing left to deliver: what
         * must happen for certain does not belong here.
         *
         * @param succeeded rows delivered in the run
         * @param failed always 0
         * @throws Exception if it cannot do its work: the run's report says so, and the rows stay delivered
         */
        void run(long succeeded, long failed) throws Exception;
    }

    /** Each row has an outcome of its own; a row's pre- and postimage too. */
    static PushFunction sync(Sync push) {
        return new SyncFunction(push, Finalizers.NONE);
    }

    /** As {@link #sync}, in the text form. */
    static PushFunction syncText(SyncText push) {
        return sync(batch -> Finalizers.outcomes(push.push(batch)));
    }

    /** All rows of a batch are delivered, or none. */
    static PushFunction atomic(Atomic push) {
        return new AtomicFunction(push, Finalizers.NONE);
    }

    /** Rows are delivered by a job; its reference survives a crash, and the batch is not pushed again while it lives. */
    static PushFunction async(Submit push, Poll poll) {
        return new AsyncFunction(push, poll, Finalizers.NONE);
    }

    /** The same, with what is to be done after a run that went well. */
    PushFunction finalizer(Finalizer finalizer);

    /** How it answers. */
    Mode mode();
}
