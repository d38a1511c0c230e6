package dev.sluice.jdbc.dialect;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.row.JsonWriter;
import java.time.YearMonth;

/**
 * Turns dates and times with a date into ISO 8601; those that are in no calendar, which MySQL stores as well, into what
 * the policy says: 0000-00-00, 2025-02-00, 2025-02-31.
 */
final class MySqlTime implements ValueWriter.OfBytes {
    private static final int DATE = "2025-02-14".length();

    private final Column column;
    private final TypePolicy policy;
    private final Losses losses;
    private final boolean hasZone;
    private final byte[] scratch = new byte["'2025-02-14T14:44:29.123456Z'".length()];

    MySqlTime(Column column, TypePolicy policy, Losses losses) {
        this.column = column;
        this.policy = policy;
        this.losses = losses;
        this.hasZone = column.kind().equals("timestamp");
        scratch[0] = '"';
    }

    @Override
    public void write(byte[] utf8, int from, int to, JsonWriter out) {
        if (isDate(utf8, from)) {
            iso(utf8, from, to, out);
        } else {
            odd(new String(utf8, from, to - from, UTF_8), out);
        }
    }

    private void iso(byte[] utf8, int from, int to, JsonWriter out) {
        int end = 1 + to - from;
        System.arraycopy(utf8, from, scratch, 1, to - from);
        if (end > 1 + DATE) {
            scratch[1 + DATE] = 'T';
        }
        if (hasZone) {
            scratch[end++] = 'Z';
        }
        scratch[end++] = '"';
        out.raw(scratch, 0, end);
    }

    private void odd(String text, JsonWriter out) {
        switch (policy.zeroDates()) {
            case TEXT -> out.string(text);
            case NULL -> {
                losses.count(column.name());
                out.nullValue();
            }
            case FAIL ->
                throw new SourceException("the column " + column.name() + " (" + column.type()
                        + ") has a date that no calendar has, as 0000-00-00: let the policy for zero dates be"
                        + " text or null, or give the row another one");
        }
    }

    private static boolean isDate(byte[] utf8, int from) {
        int month = number(utf8, from + 5, 2);
        int day = number(utf8, from + 8, 2);
        if (month == 0 || day == 0) {
            return false;
        }
        return day <= 28 || day <= YearMonth.of(number(utf8, from, 4), month).lengthOfMonth();
    }

    private static int number(byte[] digits, int from, int length) {
        int number = 0;
        for (int i = from; i < from + length; i++) {
            number = 10 * number + digits[i] - '0';
        }
        return number;
    }
}
