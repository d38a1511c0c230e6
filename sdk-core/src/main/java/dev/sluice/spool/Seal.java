package dev.sluice.spool;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** A checksum over columns: what is read is what was written, or it differs (CRC-32C, RFC 3720). */
final class Seal {
    private Seal() {}

    /** Bytes as they are, anything else as its text. */
    static long of(@Nullable Object... columns) {
        CRC32C crc = new CRC32C();
        for (Object column : columns) {
            add(crc, column);
        }
        return crc.getValue();
    }

    /** The length in front keeps columns apart, and one that is null apart from an empty one. */
    private static void add(CRC32C crc, @Nullable Object column) {
        byte[] bytes =
                column instanceof byte[] blob ? blob : String.valueOf(column).getBytes(StandardCharsets.UTF_8);
        int length = column == null ? -1 : bytes.length;
        crc.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, length));
        crc.update(bytes);
    }
}
