package dev.sluice;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How many requests may be made in a period, such as {@code 100 per 10s}.
 *
 * @param requests requests in each period, at least 1
 * @param period the length of a period, at most a day
 */
public record RateLimit(int requests, Duration period) {
    private static final Pattern TEXT = Pattern.compile("(\\d{1,9}) per (\\d{0,9})(ms|s|m|h)");

    public RateLimit {
        boolean usual = period.compareTo(Duration.ZERO) > 0 && period.compareTo(Duration.ofDays(1)) <= 0;
        if (requests < 1 || !usual) {
            throw new IllegalArgumentException(
                    "a rate limit needs at least 1 request in a period longer than 0 and up to 1 day, found " + requests
                            + " per " + period);
        }
    }

    /** Reads {@code 100 per 10s}, {@code 5 per s}: a number, "per", and a time in ms, s, m or h. */
    public static RateLimit parse(String text) {
        Matcher parts = TEXT.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!parts.matches()) {
            throw new IllegalArgumentException("a rate limit is written like \"100 per 10s\", found: " + text);
        }
        long amount = parts.group(2).isEmpty() ? 1 : Long.parseLong(parts.group(2));
        return new RateLimit(
                Integer.parseInt(parts.group(1)), unit(parts.group(3)).multipliedBy(amount));
    }

    /** A table's limit that is looser than the client's would never be met. */
    static void checkWithin(
            String name, @Nullable RateLimit limit, String clientName, @Nullable RateLimit clientLimit) {
        if (limit != null && clientLimit != null && limit.perSecond() > clientLimit.perSecond()) {
            throw new IllegalArgumentException(name + " is " + limit + " and " + clientName + " is " + clientLimit
                    + ": a table cannot have more than all tables together");
        }
    }

    @Override
    public String toString() {
        return requests + " per " + period;
    }

    private double perSecond() {
        return requests * 1e9 / period.toNanos();
    }

    private static Duration unit(String name) {
        return switch (name) {
            case "ms" -> Duration.ofMillis(1);
            case "s" -> Duration.ofSeconds(1);
            case "m" -> Duration.ofMinutes(1);
            default -> Duration.ofHours(1);
        };
    }
}
