package dev.sluice.jdbc.dialect;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Finds the values in the messages of a {@code COPY} in binary.
 *
 * <p>A row is a count of values in two bytes, and before each value its length in four, -1 for NULL. A header comes
 * before the first row, in the same message; the end is a count of -1 (PostgreSQL manual, "COPY", "Binary Format").
 */
final class BinaryRow {
    static final VarHandle INT2 = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    static final VarHandle INT4 = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    static final VarHandle INT8 = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private static final byte[] SIGNATURE = "PGCOPY\n\u00ff\r\n\0".getBytes(ISO_8859_1);
    private static final int FLAGS = SIGNATURE.length;
    private static final int EXTENSION = FLAGS + Integer.BYTES;
    private static final int HEADER = EXTENSION + Integer.BYTES;

    /** The lower half of the flags says what a reader may pass over. */
    private static final int CRITICAL = 0xFFFF_0000;

    private static final int NULL = -1;

    private final int[] sizes;
    private final int[] starts;
    private final int[] ends;
    private byte[] bytes = {};
    private boolean begun;
    private boolean ended;

    /** @param sizes how many bytes the values of each column have; {@link BinaryValue#ANY} for those that differ */
    BinaryRow(int[] sizes) {
        this.sizes = sizes.clone();
        this.starts = new int[sizes.length];
        this.ends = new int[sizes.length];
    }

    /**
     * Takes the next message.
     *
     * @return whether it has a row
     * @throws SourceException if it is not what it has to be
     */
    boolean read(byte[] message) {
        int at = begun ? 0 : header(message);
        begun = true;
        bytes = message;
        if (at == message.length) {
            return false;
        }
        int values = ended || at + Short.BYTES > message.length ? NULL - 1 : (short) INT2.get(message, at);
        at += Short.BYTES;
        ended = values == NULL;
        if (!ended && values != sizes.length) {
            throw unexpected("a row of " + sizes.length + " values");
        }
        if ((ended ? at : split(at)) != message.length) {
            throw unexpected("a message to end with its row");
        }
        return !ended;
    }

    /** Whether the last of the rows has been seen. */
    boolean isEnded() {
        return ended;
    }

    /** The present row's message. */
    byte[] bytes() {
        return bytes;
    }

    boolean isNull(int column) {
        return ends[column] < 0;
    }

    int start(int column) {
        return starts[column];
    }

    int end(int column) {
        return ends[column];
    }

    private int header(byte[] message) {
        boolean signed =
                message.length >= HEADER && Arrays.equals(message, 0, SIGNATURE.length, SIGNATURE, 0, SIGNATURE.length);
        if (!signed || ((int) INT4.get(message, FLAGS) & CRITICAL) != 0) {
            throw unexpected("the header of its binary format");
        }
        int extension = (int) INT4.get(message, EXTENSION);
        if (extension < 0 || extension > message.length - HEADER) {
            throw unexpected("a header as long as it says");
        }
        return HEADER + extension;
    }

    private int split(int first) {
        byte[] row = bytes;
        int at = first;
        for (int column = 0; column < sizes.length; column++) {
            int left = row.length - at - Integer.BYTES;
            int length = left < 0 ? NULL - 1 : (int) INT4.get(row, at);
            at += Integer.BYTES;
            if (length == NULL) {
                ends[column] = NULL;
                continue;
            }
            if (length < 0 || length > left) {
                throw unexpected("value " + (column + 1) + " of a row to be whole");
            }
            if (sizes[column] >= 0 && length != sizes[column]) {
                throw unexpected(
                        "value " + (column + 1) + " of a row to have " + sizes[column] + " bytes, found " + length);
            }
            starts[column] = at;
            at += length;
            ends[column] = at;
        }
        return at;
    }

    /** Without the bytes, which may be values. */
    static SourceException unexpected(String what) {
        return new SourceException("the server's COPY cannot be read: expected " + what);
    }
}
