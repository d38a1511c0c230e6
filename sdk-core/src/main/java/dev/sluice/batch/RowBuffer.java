package dev.sluice.batch;

import dev.sluice.row.Destination;
import dev.sluice.row.JsonWriter;
import dev.sluice.row.Row;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Objects;

/**
 * Rows on their way to become a batch, one behind the other in one buffer.
 *
 * <p>Not safe for use by several threads.
 */
public final class RowBuffer {
    private final JsonWriter json;
    private final BitSet removed = new BitSet();
    private int[] ends = new int[64];
    private int rows;

    /** An empty buffer. */
    public RowBuffer() {
        this(8_192);
    }

    /** An empty buffer with room for so many bytes, of 16 at least, before it has to grow. */
    public RowBuffer(int capacity) {
        json = new JsonWriter(capacity);
    }

    /** The rows added so far, those that were removed included: the number that the next row will go by. */
    public int rows() {
        return rows;
    }

    /** The bytes of all rows and the commas between them; those of removed rows count until the batch is made. */
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

    /** Takes the last row out again, as if it had never been added. */
    public void dropLast() {
        rows--;
        removed.clear(rows);
        json.truncate(rows == 0 ? 0 : ends[rows - 1]);
    }

    /** Adds a row that is encoded already. */
    public void add(Row row) {
        row.writeTo(json);
        endRow();
    }

    /**
     * Leaves an earlier row out of the batch, such as one that a later row of the same key has replaced; the other rows
     * keep their numbers, and {@link #rows()} and {@link #bytes()} stay what they are.
     *
     * @param row its number, counted from 0
     */
    public void remove(int row) {
        removed.set(Objects.checkIndex(row, rows));
    }

    /** Whether the row of that number was left out. */
    public boolean isRemoved(int row) {
        return removed.get(row);
    }

    /** The bytes of one row, counted from 0. */
    public int size(int row) {
        return ends[row] - start(row);
    }

    /** The SHA-256 of the rows that are left, in hexadecimal digits. */
    public String digest() {
        return Sha256.hex(kept());
    }

    /**
     * The rows that are left, as a batch; the buffer is empty afterwards.
     *
     * @throws IllegalStateException if there are no rows
     */
    public Batch toBatch(BatchId id, Destination destination) {
        if (rows == removed.cardinality()) {
            throw new IllegalStateException("a batch for " + destination.table() + " needs at least one row");
        }
        int[] keptEnds = keptEnds();
        // A buffer that was made for about so many bytes is given away rather than copied.
        byte[] bytes = removed.isEmpty() && json.isNearlyFull() ? json.take() : kept();
        Batch batch = new Batch(id, destination, bytes, keptEnds, 0, keptEnds.length);
        json.truncate(0);
        removed.clear();
        rows = 0;
        return batch;
    }

    /** The bytes of the rows that are left, moved up to each other. */
    private byte[] kept() {
        byte[] bytes = json.copy(0, json.size());
        if (removed.isEmpty()) {
            return bytes;
        }
        int size = 0;
        for (int row = removed.nextClearBit(0); row < rows; row = removed.nextClearBit(row + 1)) {
            if (size > 0) {
                bytes[size++] = ',';
            }
            System.arraycopy(bytes, start(row), bytes, size, size(row));
            size += size(row);
        }
        return Arrays.copyOf(bytes, size);
    }

    private int[] keptEnds() {
        int[] kept = new int[rows - removed.cardinality()];
        int end = -1;
        int next = 0;
        for (int row = removed.nextClearBit(0); row < rows; row = removed.nextClearBit(row + 1)) {
            end += 1 + size(row);
            kept[next++] = end;
        }
        return kept;
    }

    private int start(int row) {
        return row == 0 ? 0 : ends[row - 1] + 1;
    }
}
