package dev.sluice.jdbc.source;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.function.UnaryOperator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** What is sent in place of a column's value: a string or null, whatever the column's type; the value stays at home. */
public final class Mask {
    private static final String HMAC = "HmacSHA256";

    private final String words;
    private final boolean reads;
    private final boolean tellsApart;
    private final UnaryOperator<@Nullable String> change;

    private Mask(String words, boolean reads, boolean tellsApart, UnaryOperator<@Nullable String> change) {
        this.words = words;
        this.reads = reads;
        this.tellsApart = tellsApart;
        this.change = change;
    }

    /**
     * The HMAC-SHA256 (RFC 2104) of the value's text under a salt, as 64 hexadecimal digits; NULL stays null. Equal
     * texts give equal masks, so that rows can still be counted and joined by them; the text is the database's own, such
     * as {@code 2025-02-14 14:44:29+00} for a time.
     *
     * <p>Keep the salt as you keep a password, and use 16 random characters or more: whoever has it can try all values
     * of a short secret, such as a phone number, until one gives the mask. It is never printed. With another salt every
     * mask is another one, and so are the keys of a merge.
     *
     * @throws IllegalArgumentException if the salt is empty
     */
    public static Mask sha256(String salt) {
        if (salt.isEmpty()) {
            throw new IllegalArgumentException("a sha256 mask needs a salt: without one, short values can be guessed");
        }
        SecretKeySpec key = new SecretKeySpec(salt.getBytes(StandardCharsets.UTF_8), HMAC);
        return new Mask("sha256(salt not shown)", true, true, value -> value == null ? null : hmac(key, value));
    }

    /**
     * The first characters (code points) of the value's text; a shorter text is sent whole, NULL stays null.
     *
     * @throws IllegalArgumentException if {@code length} is negative
     */
    public static Mask truncate(int length) {
        if (length < 0) {
            throw new IllegalArgumentException("a truncate mask's length must be 0 or more, found " + length);
        }
        return new Mask("truncate(" + length + ")", true, false, value -> value == null ? null : first(value, length));
    }

    /** Null for every row; the value is not even read. */
    public static Mask nulled() {
        return new Mask("nulled()", false, false, value -> null);
    }

    /** The same text for every row, also where the value is NULL; the value is not even read. */
    public static Mask constant(String text) {
        return new Mask("constant(" + text + ")", false, false, value -> text);
    }

    /** Whether the value has to be read. */
    boolean reads() {
        return reads;
    }

    /** Whether different values stay different. */
    boolean tellsApart() {
        return tellsApart;
    }

    @Nullable
    String apply(@Nullable String value) {
        return change.apply(value);
    }

    /** Which mask it is, without its salt. */
    @Override
    public String toString() {
        return words;
    }

    private static String first(String text, int length) {
        return text.codePointCount(0, text.length()) <= length
                ? text
                : text.substring(0, text.offsetByCodePoints(0, length));
    }

    private static String hmac(SecretKeySpec key, String value) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(key);
            return HexFormat.of().formatHex(mac.doFinal(value.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + HMAC, e);
        }
    }
}
