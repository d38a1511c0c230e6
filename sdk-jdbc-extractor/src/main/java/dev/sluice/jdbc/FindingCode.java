package dev.sluice.jdbc;

/** The codes of the findings that {@link Preflight} has, each with what it means. */
enum FindingCode {
    /** No connection to the database can be had; nothing else was looked at. */
    CANNOT_CONNECT,
    /** There is no such table or view, or this user may not know of it. */
    TABLE_MISSING,
    /** The table does not have a column that the plan names. */
    COLUMN_MISSING,
    /** The table cannot be read as the plan says, as by a watermark of a type that none may have. */
    PLAN_REFUSED,
    /** The user may not read the table. */
    NO_PRIVILEGE,
    /** The values of a key column have no order, or texts that stand for several values. */
    UNORDERED_KEY,
    /** No index begins with the watermark: every page reads and sorts the whole table. */
    NO_WATERMARK_INDEX,
    /** Nothing in the database keeps two rows from having the same key. */
    KEY_NOT_UNIQUE,
    /** Neither a default nor a trigger sets the watermark: each writer has to. */
    NO_STAMP_TRIGGER,
    /** Sessions take numbers in advance for the watermark: a lower one may be committed after a higher one. */
    SEQUENCE_CACHE,
    /** The watermark may be NULL, though it is in no row now. */
    NULLABLE_WATERMARK,
    /** The watermark is NULL in some rows, which can never be read. */
    NULL_WATERMARKS,
    /** The key is NULL in some rows, which can never be read. */
    NULL_KEYS,
    /** The watermark's times are so coarse that rows of the present second or day wait for its end. */
    COARSE_WATERMARK,
    /** The watermark of some rows lies in the future, where they wait until it has come. */
    FUTURE_WATERMARKS,
    /** The watermark has no zone, the plan names none, and the server's is not UTC. */
    ZONE_UNKNOWN,
    /** The newest row is so many whole or half hours away from the present as zones are apart. */
    ZONE_DOUBTFUL,
    /** Other users' transactions cannot be seen, whose late rows would be missed. */
    TRANSACTIONS_HIDDEN,
    /** The server repeats another one's transactions, which cannot be seen on it. */
    REPLICA,
    /** Transactions are prepared and neither committed nor rolled back. */
    PREPARED_TRANSACTIONS,
    /** A transaction has been open for long, and rows younger than it wait for its end. */
    LONG_TRANSACTION,
    /** The checkpoint is of another database, or of other settings. */
    CHECKPOINT_MISMATCH,
    /** The checkpoint lies in the database's future: it was restored, or its clock set back. */
    CHECKPOINT_AHEAD,
    /** Something could not be looked at; the sentence says what and why. */
    CHECK_FAILED
}
