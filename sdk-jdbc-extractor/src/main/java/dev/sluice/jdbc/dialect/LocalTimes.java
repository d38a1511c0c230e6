package dev.sluice.jdbc.dialect;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.zone.ZoneOffsetTransition;
import java.util.Locale;

/** Moments as the times of columns that have no zone. */
final class LocalTimes {
    private LocalTimes() {}

    /**
     * The earliest local time that any moment from this one on has: where clocks are about to be put back, that is the
     * hour that comes twice.
     */
    static LocalDateTime earliest(ZoneId zone, Instant time) {
        LocalDateTime local = LocalDateTime.ofInstant(time, zone);
        ZoneOffsetTransition next = zone.getRules().nextTransition(time);
        return next != null && next.getDateTimeAfter().isBefore(local) ? next.getDateTimeAfter() : local;
    }

    /** With so many digits behind the second; those that the format has no place for are cut off, not rounded. */
    static String text(LocalDateTime local, int digits) {
        String fraction = digits <= 0 ? "" : "." + "S".repeat(digits);
        return DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss" + fraction, Locale.ROOT)
                .format(local);
    }
}
