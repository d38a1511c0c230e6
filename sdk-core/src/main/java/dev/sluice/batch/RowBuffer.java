package dev.sluice.batch;

import dev.sluice.row.Destination;
import dev.sluice.row.JsonWriter;
import dev.sluice.row.Row;
import java.util.Arrays;

/**
 * Rows on their way to become a batch, one behind the other in one buffer.
 *
 * <p>Not safe for use by several threads.
 */
public final class RowBuffer {
    private final JsonWriter json = new JsonWriter(8_192);
    private int[] ends = new int[64];
    private int rows;

    /** An empty buffer. */
    public RowBuffer() {}

    public int rows() {
        return rows;
    }

    /** The bytes of all rows and the commas between them. */
    public int bytes() {
        return json.size();
    }

    /** Where the next row is written to, field by field; {@link #endRow()} makes a row of what was written. */
    public JsonWriter json() {
        return json;
    }

    /** Makes a row of what was written to {@link #json()} since the last one. */
    public void endRow() {
        if (rows == ends.length) {
            ends = Arrays.copyOf(ends, rows * 2);
        }
        ends[rows++] = json.size();
    }

    /** Takes the last row out again. */
    public void dropLast() {
        rows--;
        json.truncate(rows == 0 ? 0 : ends[rows - 1]);
    }

    /** Adds a row that is encoded already. */
    public void add(Row row) {
        row.writeTo(json);
        endRow();
    }

    /** The SHA-256 of the rows, in hexadecimal digits. */
    public String digest() {
        return Sha256.hex(json.copy(0, json.size()));
    }

    /**
     * The rows as a batch; the buffer is empty afterwards.
     *
     * @throws IllegalStateException if there are no rows
     */
    public Batch toBatch(BatchId id, Destination destination) {
        if (rows == 0) {
            throw new IllegalStateException("a batch for " + destination.table() + " needs at least one row");
        }
        Batch batch = new Batch(id, destination, json.copy(0, json.size()), Arrays.copyOf(ends, rows), 0, rows);
        json.truncate(0);
        rows = 0;
        return batch;
    }
}
