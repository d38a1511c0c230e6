package dev.sluice.row;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/**
 * Writes JSON as UTF-8 bytes into a buffer that grows: commas, quotes and escapes are its work, the right order of
 * calls is the caller's.
 *
 * <p>Values written one after the other at the outermost level are separated by commas, so that any run of them is the
 * inside of a JSON array. Not safe for use by several threads.
 */
public final class JsonWriter {
    private static final byte[] HEX = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] TRUE = "true".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] FALSE = "false".getBytes(StandardCharsets.US_ASCII);
    private static final int MAX_SIZE = Integer.MAX_VALUE - 8;

    private byte[] buffer;
    private int size;

    /** A writer whose buffer starts at {@code capacity} bytes. */
    public JsonWriter(int capacity) {
        buffer = new byte[Math.max(16, capacity)];
    }

    /** The bytes written so far. */
    public int size() {
        return size;
    }

    /** Forgets everything past the first {@code newSize} bytes. */
    public JsonWriter truncate(int newSize) {
        if (newSize < 0 || newSize > size) {
            throw new IllegalArgumentException("cannot truncate " + size + " bytes to " + newSize);
        }
        size = newSize;
        return this;
    }

    /** A copy of the bytes from {@code from} up to but not including {@code to}. */
    public byte[] copy(int from, int to) {
        return Arrays.copyOfRange(buffer, from, to);
    }

    public JsonWriter beginObject() {
        return open('{');
    }

    public JsonWriter endObject() {
        return one('}');
    }

    public JsonWriter beginArray() {
        return open('[');
    }

    public JsonWriter endArray() {
        return one(']');
    }

    /** The name of the field whose value comes next. */
    public JsonWriter name(String name) {
        string(name);
        return one(':');
    }

    /** A string; a surrogate without its partner is an {@link IllegalArgumentException}, for UTF-8 cannot hold it. */
    public JsonWriter string(String text) {
        separate();
        reserve(text.length() * 3L + 2);
        buffer[size++] = '"';
        int length = text.length();
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                ascii(c, length - i);
            } else if (c < 0x800) {
                buffer[size++] = (byte) (0xC0 | (c >> 6));
                buffer[size++] = (byte) (0x80 | (c & 0x3F));
            } else if (Character.isSurrogate(c)) {
                supplementary(text, i++);
            } else {
                buffer[size++] = (byte) (0xE0 | (c >> 12));
                buffer[size++] = (byte) (0x80 | ((c >> 6) & 0x3F));
                buffer[size++] = (byte) (0x80 | (c & 0x3F));
            }
        }
        buffer[size++] = '"';
        return this;
    }

    /** Bytes as a base64 string (RFC 4648, section 4). */
    public JsonWriter base64(byte[] bytes) {
        separate();
        one('"');
        append(Base64.getEncoder().encode(bytes));
        return one('"');
    }

    public JsonWriter number(long value) {
        separate();
        return append(Long.toString(value).getBytes(StandardCharsets.US_ASCII));
    }

    /** The shortest usual text of a finite double; NaN and the infinities are {@link IllegalArgumentException}s. */
    public JsonWriter number(double value) {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException("JSON has no number for " + value);
        }
        return token(Double.toString(value));
    }

    /** The shortest usual text of a finite float: 123.456, not the 123.45600128173828 of its widening to double. */
    public JsonWriter number(float value) {
        if (!Float.isFinite(value)) {
            throw new IllegalArgumentException("JSON has no number for " + value);
        }
        return token(Float.toString(value));
    }

    /** Every digit, as a JSON number. */
    public JsonWriter number(BigDecimal value) {
        return token(value.toString());
    }

    /** Every digit, as a JSON number. */
    public JsonWriter number(BigInteger value) {
        return token(value.toString());
    }

    public JsonWriter bool(boolean value) {
        separate();
        return append(value ? TRUE : FALSE);
    }

    public JsonWriter nullValue() {
        separate();
        return append(NULL);
    }

    /** A value that is JSON already; the caller answers for it being well formed. */
    public JsonWriter raw(byte[] json) {
        separate();
        return append(json);
    }

    /** A value that is JSON already and made of ASCII characters only; the caller answers for both. */
    public JsonWriter token(String json) {
        separate();
        return append(json.getBytes(StandardCharsets.US_ASCII));
    }

    private JsonWriter open(char bracket) {
        separate();
        return one(bracket);
    }

    /** A comma is due unless a value has just been announced: no other value ends in one of these four bytes. */
    private void separate() {
        if (size == 0) {
            return;
        }
        byte last = buffer[size - 1];
        if (last != '{' && last != '[' && last != ':' && last != ',') {
            one(',');
        }
    }

    private void ascii(char c, int charsLeft) {
        if (c >= 0x20 && c != '"' && c != '\\') {
            buffer[size++] = (byte) c;
            return;
        }
        reserve(charsLeft * 3L + 6 + 2);
        buffer[size++] = '\\';
        switch (c) {
            case '"', '\\' -> buffer[size++] = (byte) c;
            case '\n' -> buffer[size++] = 'n';
            case '\r' -> buffer[size++] = 'r';
            case '\t' -> buffer[size++] = 't';
            case '\b' -> buffer[size++] = 'b';
            case '\f' -> buffer[size++] = 'f';
            default -> unicode(c);
        }
    }

    private void unicode(char c) {
        buffer[size++] = 'u';
        buffer[size++] = '0';
        buffer[size++] = '0';
        buffer[size++] = HEX[c >> 4];
        buffer[size++] = HEX[c & 0xF];
    }

    private void supplementary(String text, int at) {
        boolean pair = at + 1 < text.length() && Character.isSurrogatePair(text.charAt(at), text.charAt(at + 1));
        if (!pair) {
            throw new IllegalArgumentException("character " + at + " is half of a surrogate pair");
        }
        int point = text.codePointAt(at);
        buffer[size++] = (byte) (0xF0 | (point >> 18));
        buffer[size++] = (byte) (0x80 | ((point >> 12) & 0x3F));
        buffer[size++] = (byte) (0x80 | ((point >> 6) & 0x3F));
        buffer[size++] = (byte) (0x80 | (point & 0x3F));
    }

    private JsonWriter one(char c) {
        reserve(1);
        buffer[size++] = (byte) c;
        return this;
    }

    private JsonWriter append(byte[] bytes) {
        reserve(bytes.length);
        System.arraycopy(bytes, 0, buffer, size, bytes.length);
        size += bytes.length;
        return this;
    }

    private void reserve(long more) {
        long needed = size + more;
        if (needed <= buffer.length) {
            return;
        }
        if (needed > MAX_SIZE) {
            throw new IllegalArgumentException("JSON of more than " + MAX_SIZE + " bytes");
        }
        long grown = Math.max(needed, buffer.length * 2L);
        buffer = Arrays.copyOf(buffer, (int) Math.min(grown, MAX_SIZE));
    }
}
