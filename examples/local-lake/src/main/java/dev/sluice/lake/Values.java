package dev.sluice.lake;

import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * Turns JSON numbers into values that keep every digit.
 *
 * <p>A value of a row is null, a Boolean, a Long, a BigInteger (when DuckDB's HUGEINT holds it), a String, or one of
 * the records here.
 */
final class Values {
    /** Every integer from minus this to this has a double of its own. */
    static final long EXACT_IN_DOUBLE = 1L << 53;

    /** No double needs more characters; past it, comparing digits would only cost time. */
    private static final int LONGEST_FRACTION = 400;

    private static final int LONGEST_HUGEINT = 40;

    /** A number with a fraction or exponent that comes back from a double as it went in. */
    record Fraction(String text, double value) {}

    /** A number that neither HUGEINT nor DOUBLE holds exactly. */
    record Digits(String text) {}

    /** An object or array, as it was written. */
    record JsonText(String text) {}

    private Values() {}

    static Object integer(String text) {
        if (text.length() <= 18) {
            return Long.parseLong(text);
        }
        if (text.length() > LONGEST_HUGEINT) {
            return new Digits(text);
        }
        BigInteger number = new BigInteger(text);
        if (number.bitLength() <= 63) {
            return number.longValue();
        }
        return number.bitLength() <= 127 ? number : new Digits(text);
    }

    static Object fraction(String text) {
        double value = Double.parseDouble(text);
        return survives(text, value) ? new Fraction(text, value) : new Digits(text);
    }

    /** True when the digits DuckDB shows for the double are the digits that came. */
    private static boolean survives(String text, double value) {
        if (text.length() > LONGEST_FRACTION || Double.isInfinite(value)) {
            return false;
        }
        try {
            return new BigDecimal(text).compareTo(BigDecimal.valueOf(value)) == 0;
        } catch (NumberFormatException exponentBeyondInt) {
            return false;
        }
    }

    /** True for an integer that may change its value on the way through a double. */
    static boolean isBeyondDouble(Object value) {
        return value instanceof BigInteger
                || (value instanceof Long number && (number > EXACT_IN_DOUBLE || number < -EXACT_IN_DOUBLE));
    }

    static String text(Object value) {
        if (value instanceof Fraction fraction) {
            return fraction.text();
        } else if (value instanceof Digits digits) {
            return digits.text();
        } else {
            return value instanceof JsonText json ? json.text() : value.toString();
        }
    }

    /** JSON can write half of a surrogate pair; UTF-8, which DuckDB stores, cannot. */
    static boolean hasLoneSurrogate(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                boolean pair = Character.isHighSurrogate(c)
                        && i + 1 < text.length()
                        && Character.isLowSurrogate(text.charAt(i + 1));
                if (!pair) {
                    return true;
                }
                i++;
            }
        }
        return false;
    }
}
