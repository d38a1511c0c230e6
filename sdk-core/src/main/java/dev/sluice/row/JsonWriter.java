package dev.sluice.row;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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
    private static final long[] TENS = {1, 10, 100, 1_000, 10_000, 100_000, 1_000_000};
    private static final int MAX_DIGITS = 19;
    private static final int MAX_SIZE = Integer.MAX_VALUE - 8;

    private static final byte[] NOTHING = {};

    private byte[] buffer;
    private int size;
    private int least;
    private @Nullable RowGenerator generator;

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

    /** Whether an array made for these bytes would be about as long as the one they are in. */
    public boolean isNearlyFull() {
        return size >= buffer.length - buffer.length / 8;
    }

    /**
     * The array that everything was written to, which is the caller's now, and may be longer than what was written;
     * nothing is written afterwards, and an array as long is made for what comes next.
     */
    public byte[] take() {
        byte[] taken = buffer;
        least = taken.length;
        buffer = NOTHING;
        size = 0;
        return taken;
    }

    /** Adds the bytes from {@code from} up to but not including {@code to} to a digest. */
    public void digest(MessageDigest digest, int from, int to) {
        digest.update(buffer, Objects.checkFromToIndex(from, to, size), to - from);
    }

    /** The key of the row that begins at {@code from} and is the last thing written. */
    Optional<String> key(int from, String field) {
        return KeyScan.key(buffer, from, size, field);
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

    /** The same for a name that is written again and again. */
    public JsonWriter name(FieldName name) {
        separate();
        return append(name.json());
    }

    /** A string; a surrogate without its partner is an {@link IllegalArgumentException}, for UTF-8 cannot hold it. */
    public JsonWriter string(String text) {
        separate();
        int length = text.length();
        reserve(length + 2L);
        buffer[size++] = '"';
        int next = plain(text, 0);
        while (next < length) {
            next = plain(text, special(text, next));
        }
        buffer[size++] = '"';
        return this;
    }

    /** A string of the UTF-8 bytes from {@code from} up to {@code to}; the caller answers for their being UTF-8. */
    public JsonWriter utf8(byte[] text, int from, int to) {
        separate();
        reserve(to - from + 2L);
        buffer[size++] = '"';
        int start = from;
        int at = Utf8Scan.special(text, from, to);
        while (at < to) {
            append(text, start, at).reserve(6);
            escape((char) text[at]);
            start = at + 1;
            at = Utf8Scan.special(text, start, to);
        }
        return append(text, start, to).one('"');
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
        reserve(20);
        if (value < 0) {
            buffer[size++] = '-';
        }
        digits(value < 0 ? value : -value);
        return this;
    }

    /** The shortest usual text of a finite double; NaN and the infinities are {@link IllegalArgumentException}s. */
    public JsonWriter number(double value) {
        if (!Double.isFinite(value)) {
            throw new UnwritableException("JSON has no number for " + value);
        }
        return fewDecimals(value) ? this : token(Double.toString(value));
    }

    /** The shortest usual text of a finite float: 123.456, not the 123.45600128173828 of its widening to double. */
    public JsonWriter number(float value) {
        if (!Float.isFinite(value)) {
            throw new UnwritableException("JSON has no number for " + value);
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

    /** A value that is JSON already: the bytes from {@code from} up to {@code to}. */
    public JsonWriter raw(byte[] json, int from, int to) {
        separate();
        return append(json, from, to);
    }

    /** What another writer has, as one value; the caller answers for it being one. */
    public JsonWriter append(JsonWriter other) {
        separate();
        return append(other.buffer, 0, other.size);
    }

    /** A value that is JSON already and made of ASCII characters only; the caller answers for both. */
    public JsonWriter token(String json) {
        separate();
        int length = json.length();
        reserve(length);
        for (int i = 0; i < length; i++) {
            buffer[size++] = (byte) json.charAt(i);
        }
        return this;
    }

    /** The first byte of a value that is put together piece by piece. */
    JsonWriter open(char first) {
        separate();
        return one(first);
    }

    JsonWriter one(char c) {
        reserve(1);
        buffer[size++] = (byte) c;
        return this;
    }

    /** Exactly so many digits of a number that is not negative, with zeros in front. */
    JsonWriter padded(long number, int digits) {
        reserve(digits);
        long rest = number;
        for (int at = size + digits - 1; at >= size; at--) {
            buffer[at] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        size += digits;
        return this;
    }

    /** Whether a name was written last. */
    boolean awaitsValue() {
        return size > 0 && buffer[size - 1] == ':';
    }

    /** What Jackson wrote the last row with, if it was one of Jackson's; it is the caller's now. */
    @Nullable
    RowGenerator takeGenerator() {
        RowGenerator taken = generator;
        generator = null;
        return taken;
    }

    /** Keeps what Jackson wrote a row with: a buffer that is used again spares making another one for each row. */
    void keepGenerator(RowGenerator used) {
        generator = used;
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

    /**
     * Copies characters that stand for themselves, for which there is room already; the result is the place of the first
     * that does not.
     */
    private int plain(String text, int from) {
        byte[] to = buffer;
        int at = size;
        int next = from;
        for (int length = text.length(); next < length; next++) {
            char c = text.charAt(next);
            if (c < 0x20 || c >= 0x80 || c == '"' || c == '\\') {
                break;
            }
            to[at++] = (byte) c;
        }
        size = at;
        return next;
    }

    /** Writes the character that has no single byte of its own; the result is the place of the next one. */
    private int special(String text, int at) {
        // Six bytes at most for this one, one for each that follows, and the closing quote.
        reserve(text.length() - at + 6L);
        char c = text.charAt(at);
        if (c < 0x80) {
            escape(c);
        } else if (c < 0x800) {
            buffer[size++] = (byte) (0xC0 | (c >> 6));
            buffer[size++] = (byte) (0x80 | (c & 0x3F));
        } else if (Character.isSurrogate(c)) {
            supplementary(text, at);
            return at + 2;
        } else {
            buffer[size++] = (byte) (0xE0 | (c >> 12));
            buffer[size++] = (byte) (0x80 | ((c >> 6) & 0x3F));
            buffer[size++] = (byte) (0x80 | (c & 0x3F));
        }
        return at + 1;
    }

    private void escape(char c) {
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
            throw new UnwritableException("character " + at + " is half of a surrogate pair");
        }
        int point = text.codePointAt(at);
        buffer[size++] = (byte) (0xF0 | (point >> 18));
        buffer[size++] = (byte) (0x80 | ((point >> 12) & 0x3F));
        buffer[size++] = (byte) (0x80 | ((point >> 6) & 0x3F));
        buffer[size++] = (byte) (0x80 | (point & 0x3F));
    }

    /** From the last digit to the first; taken as a negative, for there is one more of these than of positives. */
    private void digits(long negative) {
        int length = 1;
        for (long bound = -10; negative <= bound; bound *= 10) {
            length++;
            if (length == MAX_DIGITS) {
                break;
            }
        }
        size += length;
        int at = size;
        long rest = negative;
        for (; rest < Integer.MIN_VALUE; rest /= 10) {
            buffer[--at] = (byte) ('0' - rest % 10);
        }
        // Most numbers are this short, and dividing an int takes half the time.
        int few = (int) rest;
        do {
            buffer[--at] = (byte) ('0' - few % 10);
            few /= 10;
        } while (few != 0);
    }

    /**
     * Writes a number of few decimals, as most are, without the detour over a {@code String}. A decimal of fewer than 16
     * digits that reads as the value is the only one, so it is the shortest text.
     */
    private boolean fewDecimals(double value) {
        double magnitude = Math.abs(value);
        boolean needsExponent = magnitude >= 1e7 || (magnitude < 1e-3 && magnitude != 0);
        for (int places = 1; !needsExponent && places < TENS.length; places++) {
            long scaled = Math.round(magnitude * TENS[places]);
            if (scaled / (double) TENS[places] == magnitude) {
                decimal(Double.doubleToRawLongBits(value) < 0, scaled, places);
                return true;
            }
        }
        return false;
    }

    private void decimal(boolean negative, long scaled, int places) {
        separate();
        reserve(20);
        if (negative) {
            buffer[size++] = '-';
        }
        digits(-(scaled / TENS[places]));
        buffer[size++] = '.';
        padded(scaled % TENS[places], places);
    }

    private JsonWriter append(byte[] bytes) {
        return append(bytes, 0, bytes.length);
    }

    private JsonWriter append(byte[] bytes, int from, int to) {
        reserve(to - from);
        System.arraycopy(bytes, from, buffer, size, to - from);
        size += to - from;
        return this;
    }

    private void reserve(long more) {
        long needed = size + more;
        if (needed <= buffer.length) {
            return;
        }
        if (needed > MAX_SIZE) {
            throw new UnwritableException("has " + needed + " bytes of JSON, at most " + MAX_SIZE + " fit in memory");
        }
        long grown = Math.max(needed, Math.max(least, buffer.length * 2L));
        buffer = Arrays.copyOf(buffer, (int) Math.min(grown, MAX_SIZE));
    }
}
