package dev.sluice.row;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Looks in UTF-8 for the bytes that a JSON string has escapes for: quotes, backslashes, and what is below a space. */
final class Utf8Scan {
    private static final VarHandle EIGHT = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final long ONES = 0x0101_0101_0101_0101L;
    private static final long HIGH = 0x8080_8080_8080_8080L;

    private Utf8Scan() {}

    /** The place of the first of them; {@code to} if there is none. */
    static int special(byte[] text, int from, int to) {
        int at = from;
        while (at <= to - Long.BYTES && !hasSpecial((long) EIGHT.get(text, at))) {
            at += Long.BYTES;
        }
        while (at < to && !isSpecial(text[at])) {
            at++;
        }
        return at;
    }

    private static boolean isSpecial(byte b) {
        return (b >= 0 && b < ' ') || b == '"' || b == '\\';
    }

    /** A byte that loses its low bits to a subtraction borrows into its highest, which is not set in one below 0x80. */
    private static boolean hasSpecial(long eight) {
        long quotes = eight ^ ('"' * ONES);
        long backslashes = eight ^ ('\\' * ONES);
        long low = (eight - ' ' * ONES) & ~eight;
        return ((low | ((quotes - ONES) & ~quotes) | ((backslashes - ONES) & ~backslashes)) & HIGH) != 0;
    }
}
