package dev.sluice.push;

import java.nio.charset.StandardCharsets;

/** Cuts texts to a length in bytes. */
final class Clip {
    /** What one message may have in a report: {@value} bytes. */
    static final int BYTES = 200;

    private Clip() {}

    /** The text, or its longest beginning of at most {@link #BYTES} bytes of UTF-8 that splits no character. */
    static String clip(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length <= BYTES) {
            return text;
        }
        int end = BYTES;
        // Bytes 10xxxxxx go on with the character before them.
        while ((bytes[end] & 0xC0) == 0x80) {
            end--;
        }
        return new String(bytes, 0, end, StandardCharsets.UTF_8);
    }
}
