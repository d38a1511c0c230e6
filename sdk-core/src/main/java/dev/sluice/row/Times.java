package dev.sluice.row;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Date;
import java.util.Optional;

/** The ISO-8601 text of Java's times; naive times stay naive, and no digit of a second is dropped. */
final class Times {
    private static final int SECONDS_OF_DAY = 86_400;
    private static final long YEAR_0 = Instant.parse("0000-01-01T00:00:00Z").getEpochSecond();
    private static final long YEAR_10000 =
            Instant.parse("+10000-01-01T00:00:00Z").getEpochSecond();

    private Times() {}

    /** Writes the text that {@link Instant#toString()} would give, without its garbage: most events have an instant. */
    static void write(Instant instant, JsonWriter out) {
        long second = instant.getEpochSecond();
        if (second < YEAR_0 || second >= YEAR_10000) {
            out.string(instant.toString());
            return;
        }
        LocalDate day = LocalDate.ofEpochDay(Math.floorDiv(second, SECONDS_OF_DAY));
        int time = Math.floorMod(second, SECONDS_OF_DAY);
        out.open('"').padded(day.getYear(), 4);
        out.one('-').padded(day.getMonthValue(), 2);
        out.one('-').padded(day.getDayOfMonth(), 2);
        out.one('T').padded(time / 3_600, 2);
        out.one(':').padded(time / 60 % 60, 2);
        out.one(':').padded(time % 60, 2);
        fraction(instant.getNano(), out);
        out.one('Z').one('"');
    }

    /** None, three, six or nine digits, as few as will do. */
    private static void fraction(int nanos, JsonWriter out) {
        if (nanos == 0) {
            return;
        }
        out.one('.');
        if (nanos % 1_000_000 == 0) {
            out.padded(nanos / 1_000_000, 3);
        } else if (nanos % 1_000 == 0) {
            out.padded(nanos / 1_000, 6);
        } else {
            out.padded(nanos, 9);
        }
    }

    /** The text of a {@code java.time} value that is no instant; empty for anything else. */
    static Optional<String> text(Object value) {
        if (value instanceof ZonedDateTime time) {
            return Optional.of(DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(time));
        }
        if (value instanceof OffsetDateTime time) {
            return Optional.of(DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(time));
        }
        if (value instanceof LocalDateTime time) {
            return Optional.of(DateTimeFormatter.ISO_LOCAL_DATE_TIME.format(time));
        }
        if (value instanceof LocalTime time) {
            return Optional.of(DateTimeFormatter.ISO_LOCAL_TIME.format(time));
        }
        if (value instanceof OffsetTime time) {
            return Optional.of(DateTimeFormatter.ISO_OFFSET_TIME.format(time));
        }
        return writesItself(value) ? Optional.of(value.toString()) : Optional.empty();
    }

    /**
     * The text of a {@code java.util.Date}. {@code java.sql.Timestamp} keeps its nanoseconds; {@code java.sql.Date} and
     * {@code java.sql.Time} have no instant and write themselves as ISO text (named as text, for this module does not
     * need {@code java.sql} otherwise).
     */
    @SuppressWarnings("JavaUtilDate") // it is what callers have; the better types are what comes out
    static String text(Date date) {
        String type = date.getClass().getName();
        boolean noInstant = type.equals("java.sql.Date") || type.equals("java.sql.Time");
        return noInstant ? date.toString() : date.toInstant().toString();
    }

    private static boolean writesItself(Object value) {
        return value instanceof LocalDate
                || value instanceof Duration
                || value instanceof Period
                || value instanceof Year
                || value instanceof YearMonth;
    }
}
