package dev.sluice;

/**
 * What follows when a batch was sent in full and no readable answer came, so that its rows may be written or not.
 */
public enum UnknownPolicy {
    /** It is sent again under the same id: nothing is lost, and a receiver that does not honour ids may repeat rows. */
    RETRY,
    /**
     * It is not sent again; the rows are held for the caller, who can find out and decide. Later batches go on: a merge
     * that is held and pushed again later may put an older row over a newer one.
     */
    HOLD,
    /** It is not sent again; the dead letters take it, so that no row is ever repeated by Sluice. Needs a hook. */
    DEAD_LETTER
}
