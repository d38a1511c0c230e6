package dev.sluice.lake;

/** The limits of the Stream API, as this server holds them. */
final class Limits {
    static final int BODY_BYTES = 10_000_000;
    static final int ROWS = 50_000;
    static final int FIELD_BYTES = 1_000_000;

    /** Counts the row's own object as 1. */
    static final int DEPTH = 10;

    /** This server's own: every new column is one ALTER TABLE, and one body could name a million of them. */
    static final int COLUMNS = 2_000;

    /** This server's own, for answers of /sql. */
    static final int RESULT_ROWS = 10_000;

    private Limits() {}
}
