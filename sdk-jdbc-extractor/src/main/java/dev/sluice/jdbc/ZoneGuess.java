package dev.sluice.jdbc;

import java.time.Duration;
import java.util.Optional;

/**
 * Tells from the newest row's distance to the present whether its times are of another zone than they are taken for.
 *
 * <p>Zones are apart by whole and half hours, at most by 14 from UTC. In a table that is written to all the time, a
 * distance of just that is no chance; in a quiet one it may be, so what lies behind must fit more closely.
 */
final class ZoneGuess {
    /** Farther than any zone is from UTC. */
    static final Duration FARTHEST = Duration.ofHours(14).plusMinutes(1);

    private static final long HALF_HOUR = 1_800;
    private static final long BEYOND_SECONDS = 60;
    private static final long BEHIND_SECONDS = 5;

    private ZoneGuess() {}

    /**
     * By how much the times seem to be shifted, positive for those beyond the present; empty if nothing seems so.
     *
     * @param lag how far the newest row lies behind the present
     * @param isNaive whether the times have no zone: those that have one are only doubted where they lie beyond it
     */
    static Optional<Duration> of(Duration lag, boolean isNaive) {
        long shift = -lag.toSeconds();
        long rounded = Math.round((double) shift / HALF_HOUR) * HALF_HOUR;
        long tolerance = shift > 0 ? BEYOND_SECONDS : BEHIND_SECONDS;
        boolean isPossible = rounded != 0 && Math.abs(shift) <= FARTHEST.toSeconds() && (shift > 0 || isNaive);
        return isPossible && Math.abs(shift - rounded) <= tolerance
                ? Optional.of(Duration.ofSeconds(rounded))
                : Optional.empty();
    }
}
