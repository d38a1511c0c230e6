package dev.sluice.receipt;

/** How a single row was settled. A row that was not settled has no status: its future fails instead. */
public enum RowStatus {
    /** The API says the row is written and named the snapshot that holds it. */
    COMMITTED,
    /** The API says the row is written. */
    ACCEPTED,
    /** It was not sent, for a later row of the same batch has the same merge key. */
    SUPERSEDED,
    /** The API wrote some rows of its batch and did not say which; the dead letters hold all of the batch. */
    PARTIAL,
    /** The dead letters hold it. */
    DEAD,
    /** The client's spool has it, safe from a crash, and delivers it. */
    SPOOLED
}
