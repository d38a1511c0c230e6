package dev.sluice.jdbc.dialect;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Tells UTF-8 from what only looks like it (RFC 3629, section 4). */
final class Utf8 {
    private static final int LAST = 0x10FFFF;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    /** The bits that are set in no byte of ASCII. */
    private static final long HIGH_BITS = 0x8080808080808080L;

    /** The first code point that takes so many bytes. */
    private static final int[] FIRST = {0, 0, 0x80, 0x800, 0x10000};

    private Utf8() {}

    static boolean isValid(byte[] bytes, int from, int to) {
        for (int at = ascii(bytes, from, to); at < to; ) {
            int length = bytes[at] >= 0 ? 1 : sequence(bytes, at, to);
            if (length == 0) {
                return false;
            }
            at += length;
        }
        return true;
    }

    /** Where ASCII ends at the earliest: most texts are nothing else, and eight bytes take no longer than one. */
    private static int ascii(byte[] bytes, int from, int to) {
        int at = from;
        while (at <= to - Long.BYTES && ((long) LONG.get(bytes, at) & HIGH_BITS) == 0) {
            at += Long.BYTES;
        }
        return at;
    }

    /** How many bytes a character takes that is none of ASCII; 0 if it is none at all. */
    private static int sequence(byte[] bytes, int at, int to) {
        int length = Integer.numberOfLeadingZeros(~(bytes[at] << 24));
        if (length < 2 || length > 4 || length > to - at) {
            return 0;
        }
        int point = bytes[at] & (0x7F >> length);
        for (int i = 1; i < length; i++) {
            if ((bytes[at + i] & 0xC0) != 0x80) {
                return 0;
            }
            point = point << 6 | (bytes[at + i] & 0x3F);
        }
        boolean isSurrogate = point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
        return point < FIRST[length] || point > LAST || isSurrogate ? 0 : length;
    }
}
