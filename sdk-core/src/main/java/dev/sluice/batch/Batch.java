package dev.sluice.batch;

import dev.sluice.row.Destination;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;

/**
 * Rows that travel in one request: encoded once, each behind a comma, so that any run of them is the inside of a JSON
 * array and a split copies nothing.
 *
 * <p>Immutable.
 */
public final class Batch {
    private static final int CHUNK = 65_536;

    private final BatchId id;
    private final Destination destination;
    private final byte[] bytes;
    private final int[] ends;
    private final int from;
    private final int to;

    /** Takes the arrays as they are: whoever made them lets go of them. */
    Batch(BatchId id, Destination destination, byte[] bytes, int[] ends, int from, int to) {
        this.id = id;
        this.destination = destination;
        this.bytes = bytes;
        this.ends = ends;
        this.from = from;
        this.to = to;
    }

    /**
     * A batch out of what was kept of one: {@link #toBytes} and {@link #size} tell all that is needed.
     *
     * @param json the rows with commas between them, which are taken to be what another batch wrote; let go of it
     * @param sizes the bytes of each row
     * @throws IllegalArgumentException if the sizes do not add up to the JSON
     */
    public static Batch restore(BatchId id, Destination destination, byte[] json, int[] sizes) {
        int[] ends = new int[sizes.length];
        int end = -1;
        for (int row = 0; row < sizes.length; row++) {
            end += 1 + sizes[row];
            ends[row] = end;
        }
        if (sizes.length == 0 || end != json.length) {
            throw new IllegalArgumentException("batch " + id + " has " + json.length + " bytes, but its " + sizes.length
                    + " rows and their commas make " + end);
        }
        return new Batch(id, destination, json, ends, 0, ends.length);
    }

    public BatchId id() {
        return id;
    }

    public Destination destination() {
        return destination;
    }

    /** The number of rows, at least 1. */
    public int rows() {
        return to - from;
    }

    /** The length of the rows in bytes of JSON, commas between them included. */
    public int bytes() {
        return ends[to - 1] - start(from);
    }

    /** The place of the first row in the batch that this one was split from; 0 when it never was. */
    public int firstRow() {
        return from;
    }

    /** The length of one row's JSON in bytes. */
    public int size(int index) {
        return ends[from + index] - start(from + index);
    }

    /** A copy of one row's JSON. */
    public byte[] row(int index) {
        return Arrays.copyOfRange(bytes, start(from + index), ends[from + index]);
    }

    /** A copy of the rows with commas between them, without brackets. */
    public byte[] toBytes() {
        return Arrays.copyOfRange(bytes, start(from), ends[to - 1]);
    }

    /** Writes the rows with commas between them, without brackets. */
    public void writeTo(OutputStream out) throws IOException {
        int end = ends[to - 1];
        // In pieces: a stream that buffers all of one write before it passes it on would copy the batch as a whole.
        for (int start = start(from); start < end; start += CHUNK) {
            out.write(bytes, start, Math.min(CHUNK, end - start));
        }
    }

    /**
     * The two halves, under ids that follow from this one's.
     *
     * @throws IllegalStateException if there is only one row
     */
    public List<Batch> split() {
        if (rows() == 1) {
            throw new IllegalStateException("batch " + id + " has one row and cannot be split");
        }
        int middle = from + rows() / 2;
        return List.of(
                new Batch(id.part(0), destination, bytes, ends, from, middle),
                new Batch(id.part(1), destination, bytes, ends, middle, to));
    }

    @Override
    public String toString() {
        return "batch " + id + " (" + rows() + " rows, " + destination + ")";
    }

    private int start(int row) {
        return row == 0 ? 0 : ends[row - 1] + 1;
    }
}
