package dev.sluice.transport;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the Retry-After header: seconds or an HTTP-date (RFC 9110, section 10.2.3). */
final class RetryAfter {
    /** A server that asks for more than this is asked again after this. */
    static final Duration CAP = Duration.ofMinutes(5);

    private RetryAfter() {}

    /** The time to wait, 0 up to {@link #CAP}; null if the header is missing or not to be understood. */
    static @Nullable Duration parse(@Nullable String header, Instant now) {
        if (header == null || header.isBlank()) {
            return null;
        }
        String text = header.strip();
        if (text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            // Ten digits are more than the cap already, and more might not fit a long.
            return text.length() > 9 ? CAP : capped(Duration.ofSeconds(Long.parseLong(text)));
        }
        return date(text).map(date -> capped(Duration.between(now, date))).orElse(null);
    }

    /** An HTTP-date (RFC 9110, section 5.6.7); empty if there is none or it is not to be understood. */
    static Optional<Instant> date(@Nullable String text) {
        try {
            return Optional.ofNullable(text)
                    .map(date -> ZonedDateTime.parse(date.strip(), DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant());
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static Duration capped(Duration wait) {
        if (wait.isNegative()) {
            return Duration.ZERO;
        }
        return wait.compareTo(CAP) > 0 ? CAP : wait;
    }
}
