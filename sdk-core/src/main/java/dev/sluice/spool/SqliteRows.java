package dev.sluice.spool;

import dev.sluice.batch.Batch;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Reads rows back from a spool's tables, and sees whether they are what was written. */
final class SqliteRows {
    private SqliteRows() {}

    /**
     * The batch that stands in a row of {@code batch} with its rows.
     *
     * @throws SpoolException.Damaged if it is not what was written
     */
    static Batch batch(Path path, ResultSet row) throws SQLException {
        return read(path, "batch " + row.getString("id"), stored(row, "id"), row.getLong("seal"));
    }

    /** As {@link #batch}, of a dead letter. */
    static Batch letter(Path path, ResultSet row) throws SQLException {
        return read(path, "dead letter " + row.getString("name"), stored(row, "batch"), row.getLong("rows_seal"));
    }

    private static Batch read(Path path, String what, Stored stored, long seal) {
        try {
            if (stored.seal() == seal) {
                return stored.batch();
            }
        } catch (IllegalArgumentException | NullPointerException e) {
            throw damaged(path, what, e);
        }
        throw damaged(path, what, null);
    }

    static SpoolException damaged(Path path, String what, @Nullable RuntimeException cause) {
        return new SpoolException.Damaged(
                path + " is damaged: " + what
                        + " is not what was written. Stop the program, keep a copy of the file, and"
                        + " delete that entry with the sqlite3 shell to let the others go on",
                cause);
    }

    private static Stored stored(ResultSet row, String id) throws SQLException {
        return new Stored(
                row.getString(id),
                row.getString("destination"),
                row.getString("mode"),
                row.getString("key"),
                row.getString("tags"),
                row.getInt("rows"),
                row.getBytes("sizes"),
                row.getBytes("json"));
    }
}
