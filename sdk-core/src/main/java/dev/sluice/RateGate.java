package dev.sluice;

import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Tells how long a request must wait to keep the rate limit; the waiting itself is done elsewhere. */
final class RateGate {
    /** Long enough that a place is always found: how long a batch may take is for its deadline to say. */
    private static final Duration PATIENCE = Duration.ofDays(365);

    private final @Nullable RateLimiter limiter;

    RateGate(@Nullable RateLimit limit) {
        this.limiter = limit == null
                ? null
                : RateLimiter.of(
                        "sluice",
                        RateLimiterConfig.custom()
                                .limitForPeriod(limit.requests())
                                .limitRefreshPeriod(limit.period())
                                .timeoutDuration(PATIENCE)
                                .build());
    }

    /** Takes a place; the request may be made after this time. */
    Duration reserve() {
        if (limiter == null) {
            return Duration.ZERO;
        }
        long nanos = limiter.reservePermission();
        // Negative: no place within our patience.
        return nanos < 0 ? PATIENCE : Duration.ofNanos(nanos);
    }
}
