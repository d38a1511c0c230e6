package dev.sluice.row;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** UTF-8 taken strictly: Java's shorter ways put a question mark where they cannot go on, which distorts a row. */
final class Utf8 {
    private Utf8() {}

    static byte[] bytes(String text) {
        try {
            ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
            byte[] bytes = new byte[encoded.remaining()];
            encoded.get(bytes);
            return bytes;
        } catch (CharacterCodingException e) {
            throw InvalidRowException.at("", Limits.halfOfPair(halfOfPair(text)));
        }
    }

    static void check(byte[] utf8) {
        try {
            CharBuffer ignored = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8));
        } catch (CharacterCodingException e) {
            throw InvalidRowException.at("", "is not well-formed UTF-8");
        }
    }

    /** The place of the first surrogate without its partner; -1 if there is none. */
    static int halfOfPair(CharSequence text) {
        int length = text.length();
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                if (i + 1 == length || !Character.isSurrogatePair(c, text.charAt(i + 1))) {
                    return i;
                }
                i++;
            }
        }
        return -1;
    }

    static boolean canHold(String text) {
        return halfOfPair(text) < 0;
    }
}
