package dev.sluice.row;

/** How the lake takes rows: the API's {@code config.mode}. */
public enum WriteMode {
    /** Every row is added; a batch that is sent twice lands twice. */
    APPEND,
    /** A row replaces the whole row of the same key, or is added where there is none. */
    MERGE
}
