package dev.sluice.spool;

import org.jspecify.annotations.Nullable;

/** How a spool's file is laid out, for a person with the sqlite3 shell too. */
final class SqliteSchema {
    /** "Slui" in ASCII, then the version of what is below. */
    static final SqliteFile.Format FORMAT = new SqliteFile.Format(
            "a spool",
            0x536c7569,
            1,
            """
            CREATE TABLE batch (
              -- What waits, oldest first. lease is 0 while a batch is pending, otherwise it is in flight. The doubt columns name the
              -- rows that an attempt may have written. seal is a checksum of the batch, its rows included.
              seq INTEGER PRIMARY KEY AUTOINCREMENT,
              id TEXT NOT NULL UNIQUE,
              destination TEXT NOT NULL,
              mode TEXT NOT NULL,
              key TEXT,
              tags TEXT NOT NULL,
              rows INTEGER NOT NULL,
              bytes INTEGER NOT NULL,
              taken_in TEXT NOT NULL,
              remembered INTEGER NOT NULL,
              lease INTEGER NOT NULL DEFAULT 0,
              renewed INTEGER NOT NULL DEFAULT 0,
              doubt_first INTEGER,
              doubt_rows INTEGER,
              seal INTEGER NOT NULL
            );
            CREATE INDEX batch_destination ON batch (
              -- Claims go by the first two. The others are here for what is damaged to differ from the table.
              destination, seq, remembered, bytes, doubt_first, doubt_rows
            );
            CREATE TABLE batch_rows (
              -- The rows of a batch: JSON objects with commas between them, and the bytes of each (4 each, big-endian).
              seq INTEGER PRIMARY KEY,
              sizes BLOB NOT NULL,
              json BLOB NOT NULL
            );
            CREATE TABLE ended (
              -- Rows of a batch that was split which are written, or dead letters, by now.
              seq INTEGER NOT NULL,
              first_row INTEGER NOT NULL,
              rows INTEGER NOT NULL,
              seal INTEGER NOT NULL,
              PRIMARY KEY (seq, first_row)
            );
            CREATE TABLE tombstone (
              -- Batches that are gone, whose writer might hand them in again.
              id TEXT PRIMARY KEY,
              since TEXT NOT NULL,
              seal INTEGER NOT NULL
            ) WITHOUT ROWID;
            CREATE TABLE dead_letter (
              name INTEGER PRIMARY KEY AUTOINCREMENT,
              batch TEXT NOT NULL,
              destination TEXT NOT NULL,
              mode TEXT NOT NULL,
              key TEXT,
              tags TEXT NOT NULL,
              rows INTEGER NOT NULL,
              bytes INTEGER NOT NULL,
              reason TEXT NOT NULL,
              message TEXT NOT NULL,
              written INTEGER NOT NULL,
              attempts INTEGER NOT NULL,
              first_attempt TEXT NOT NULL,
              last_attempt TEXT NOT NULL,
              http_status INTEGER NOT NULL,
              request_id TEXT,
              rows_seal INTEGER NOT NULL,
              seal INTEGER NOT NULL,
              sizes BLOB NOT NULL,
              json BLOB NOT NULL
            );
            CREATE TABLE total (
              -- What each table has: rows, the bytes of those batches, and their seals joined by exclusive or. What is
              -- missing shows here.
              of TEXT PRIMARY KEY,
              entries INTEGER NOT NULL,
              bytes INTEGER NOT NULL,
              seals INTEGER NOT NULL
            ) WITHOUT ROWID;
            INSERT INTO total VALUES ('batch', 0, 0, 0), ('ended', 0, 0, 0), ('tombstone', 0, 0, 0), ('dead_letter', 0, 0, 0);
            CREATE VIEW waiting_row AS
              -- Every waiting row by itself.
              SELECT batch.id AS batch, destination, taken_in, row.key AS number, row.value AS json
              FROM batch JOIN batch_rows USING (seq), json_each('[' || CAST(batch_rows.json AS TEXT) || ']') AS row;
            CREATE VIEW dead_row AS
              SELECT name, destination, reason, message, row.key AS number, row.value AS json
              FROM dead_letter, json_each('[' || CAST(dead_letter.json AS TEXT) || ']') AS row;
            """ + counted("batch", "bytes") + counted("ended", null) + counted("tombstone", null)
                    + counted("dead_letter", "bytes"));

    private SqliteSchema() {}

    /** By triggers, so that what a person takes out is counted too. */
    private static String counted(String table, @Nullable String bytes) {
        return counted(table, "INSERT", "+", "new", bytes) + counted(table, "DELETE", "-", "old", bytes);
    }

    private static String counted(String table, String event, String sign, String row, @Nullable String bytes) {
        // The middle has no line's end behind a semicolon: statements are told apart by it.
        return ("CREATE TRIGGER %1$s_%2$s AFTER %2$s ON %1$s BEGIN UPDATE total SET entries = entries %3$s 1,"
                        + " bytes = bytes %3$s %5$s, seals = (seals | %4$s.seal) - (seals & %4$s.seal)"
                        + " WHERE of = '%1$s'; END;\n")
                .formatted(table, event, sign, row, bytes == null ? "0" : row + "." + bytes);
    }
}
