package dev.sluice.jdbc;

import java.time.Duration;

/**
 * How often {@link JdbcExtractor#run} looks at a table: often while there are rows, seldom while there are none.
 *
 * <p>Each table has an interval of its own, from the end of one pass to the beginning of the next, which begins at the
 * floor. A pass with rows halves it. A pass without, and one whose rows the API took only after asking to wait, makes it
 * half as long again. A pass that failed doubles it, to at least 5 s. A pass that ended with rows left to read is
 * followed by the next one at once.
 *
 * @param floor the shortest interval; more than 0
 * @param ceiling the longest, also after errors
 */
public record Polling(Duration floor, Duration ceiling) {
    private static final Duration AFTER_ERROR = Duration.ofSeconds(5);
    private static final Duration LONGEST = Duration.ofDays(365);

    /** Every second to every minute. */
    public static final Polling DEFAULT = new Polling(Duration.ofSeconds(1), Duration.ofSeconds(60));

    public Polling {
        if (floor.isNegative() || floor.isZero() || floor.compareTo(ceiling) > 0 || ceiling.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("floor must be more than 0 and at most ceiling, and that at most 365"
                    + " days, found " + floor + " and " + ceiling);
        }
    }

    /**
     * The interval that follows a pass; zero for none.
     *
     * @param before the interval before the pass
     * @param slowed whether the API asked to wait
     */
    Duration after(SyncReport.TableReport pass, boolean slowed, Duration before) {
        if (pass.error() != null) {
            return within(longer(before.multipliedBy(2), AFTER_ERROR));
        }
        if (!pass.complete()) {
            return Duration.ZERO;
        }
        boolean shrinks = pass.rows() > 0 && !slowed;
        return within(shrinks ? before.dividedBy(2) : before.multipliedBy(3).dividedBy(2));
    }

    private Duration within(Duration interval) {
        Duration capped = interval.compareTo(ceiling) > 0 ? ceiling : interval;
        return longer(capped, floor);
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }
}
