package dev.sluice.spool;

import dev.sluice.row.ChangeType;
import dev.sluice.row.ChangedRow;
import dev.sluice.row.InvalidRowException;
import dev.sluice.row.Row;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** An event as columns of a table, and back: what comes back is what went in, or an error says that it is not. */
record StoredEvent(long sequence, String target, long rowId, String change, String row, long seal) {
    static final String SELECT = "SELECT sequence, target, row_id, change, row, seal FROM event ";
    static final String INSERT = "INSERT INTO event (target, row_id, change, row, seal) VALUES (?, ?, ?, ?, ?)";

    static StoredEvent of(String target, ChangedRow changed) {
        String row = new String(changed.row().toBytes(), StandardCharsets.UTF_8);
        String change = changed.change().text();
        return new StoredEvent(0, target, changed.rowId(), change, row, seal(target, changed.rowId(), change, row));
    }

    static StoredEvent of(ResultSet columns) throws SQLException {
        return new StoredEvent(
                columns.getLong(1),
                text(columns.getString(2)),
                columns.getLong(3),
                text(columns.getString(4)),
                text(columns.getString(5)),
                columns.getLong(6));
    }

    void insert(PreparedStatement statement) throws SQLException {
        statement.setString(1, target);
        statement.setLong(2, rowId);
        statement.setString(3, change);
        statement.setString(4, row);
        statement.setLong(5, seal);
        statement.executeUpdate();
    }

    /** The change, checked with all the rest. */
    ChangeType type(Path path) {
        if (seal(target, rowId, change, row) != seal) {
            throw damaged(path, null);
        }
        try {
            return ChangeType.of(change);
        } catch (IllegalArgumentException e) {
            throw damaged(path, e);
        }
    }

    PushQueue.Event event(Path path) {
        ChangeType type = type(path);
        try {
            return new PushQueue.Event(sequence, new ChangedRow(rowId, type, Row.json(row)));
        } catch (InvalidRowException e) {
            throw damaged(path, e);
        }
    }

    private SpoolException.Damaged damaged(Path path, @Nullable Throwable cause) {
        return new SpoolException.Damaged(
                "event " + sequence + " of target " + target + " in " + path
                        + " is not what was taken in, so nothing of"
                        + " the target goes on. Keep a copy of the file, then mend the event or delete it with the"
                        + " sqlite3 shell",
                cause);
    }

    private static long seal(String target, long rowId, String change, String row) {
        CRC32C crc = new CRC32C();
        for (String text : new String[] {target, Long.toString(rowId), change, row}) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            // The length in front keeps columns apart.
            crc.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
            crc.update(bytes);
        }
        return crc.getValue();
    }

    private static String text(@Nullable String column) {
        return column == null ? "" : column;
    }
}
