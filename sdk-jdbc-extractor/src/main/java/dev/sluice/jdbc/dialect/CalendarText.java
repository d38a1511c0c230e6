package dev.sluice.jdbc.dialect;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.sluice.row.JsonWriter;

/** The text of a time that is counted from the year 2000 on, put together in bytes that are used again. */
final class CalendarText {
    /** From 0000-03-01 to 2000-01-01: in years that begin in March, a leap day is the last. */
    private static final int DAYS_TO_2000 = 730_425;

    private static final int DAYS_OF_400_YEARS = 146_097;

    /** Room for a year of seven digits, microseconds, a zone, the era and quotes. */
    private final byte[] text = new byte[48];

    private int size;
    private boolean isBc;

    CalendarText begin() {
        size = 0;
        return this;
    }

    /**
     * A date of the Gregorian calendar, also before there was one.
     *
     * @param iso whether the year 44 BC is -43, as in ISO 8601, which has a year 0; else it is 44, and {@link #era} is
     *     to follow
     */
    CalendarText date(long days, boolean iso) {
        long shifted = days + DAYS_TO_2000;
        long cycle = Math.floorDiv(shifted, DAYS_OF_400_YEARS);
        int day = (int) (shifted - cycle * DAYS_OF_400_YEARS);
        int yearOfCycle = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
        int dayOfYear = day - (365 * yearOfCycle + yearOfCycle / 4 - yearOfCycle / 100);
        int march = (5 * dayOfYear + 2) / 153;
        int month = march < 10 ? march + 3 : march - 9;
        int year = (int) (cycle * 400) + yearOfCycle + (month <= 2 ? 1 : 0);
        isBc = year <= 0;
        if (iso && year < 0) {
            put('-');
        }
        return year(iso ? Math.abs(year) : isBc ? 1 - year : year)
                .put('-')
                .two(month)
                .put('-')
                .two(dayOfYear - (153 * march + 2) / 5 + 1);
    }

    /** A time of day, with no more digits behind the second than it has. */
    CalendarText time(long microseconds) {
        int seconds = (int) (microseconds / 1_000_000);
        two(seconds / 3_600).put(':').two(seconds / 60 % 60).put(':').two(seconds % 60);
        int fraction = (int) (microseconds % 1_000_000);
        if (fraction == 0) {
            return this;
        }
        put('.').two(fraction / 10_000).two(fraction / 100 % 100).two(fraction % 100);
        while (text[size - 1] == '0') {
            size--;
        }
        return this;
    }

    /** What is behind a time of the years before the first one. */
    CalendarText era() {
        return isBc ? put(' ').put('B').put('C') : this;
    }

    CalendarText put(char c) {
        text[size++] = (byte) c;
        return this;
    }

    void write(JsonWriter out) {
        out.raw(text, 0, size);
    }

    @Override
    public String toString() {
        return new String(text, 0, size, ISO_8859_1);
    }

    /** Four digits, or as many as it takes. */
    private CalendarText year(int year) {
        if (year >= 1_000_000) {
            put((char) ('0' + year / 1_000_000));
        }
        if (year >= 100_000) {
            put((char) ('0' + year / 100_000 % 10));
        }
        if (year >= 10_000) {
            put((char) ('0' + year / 10_000 % 10));
        }
        return two(year / 100 % 100).two(year % 100);
    }

    private CalendarText two(int number) {
        text[size] = (byte) ('0' + number / 10);
        text[size + 1] = (byte) ('0' + number % 10);
        size += 2;
        return this;
    }
}
