package dev.sluice.jdbc;

import java.time.Duration;

/** Lengths of time as people say them. */
final class Times {
    private static final long MINUTE = 60;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;

    private Times() {}

    /** In the greatest unit of which there are two, rounded down: {@code 90 min}, {@code 3 h}, {@code 12 d}. */
    static String words(Duration time) {
        long seconds = time.toSeconds();
        if (seconds >= 2 * DAY) {
            return seconds / DAY + " d";
        } else if (seconds >= 2 * HOUR) {
            return seconds / HOUR + " h";
        }
        return seconds >= 2 * MINUTE ? seconds / MINUTE + " min" : seconds + " s";
    }
}
