package dev.sluice;

import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.github.resilience4j.ratelimiter.internal.AtomicRateLimiter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What keeps a client, or one table, from asking too often: rate limit, budget of retries, circuit breaker. It tells how
 * long to wait; the waiting is done elsewhere.
 */
final class Gate {
    /** Long enough that a place is always found: how long a batch may take is for its deadline to say. */
    private static final Duration PATIENCE = Duration.ofDays(365);

    private static final Duration NEVER = PATIENCE.plusDays(1);

    /** How often a request that the open circuit holds back looks again, at the most. */
    private static final Duration LONGEST_LOOK = Duration.ofSeconds(1);

    /**
     * The settings of a gate; what is null does not hold anything back.
     *
     * @param requests all attempts
     * @param retries attempts that follow a failed one
     */
    record Settings(
            @Nullable RateLimit requests,
            @Nullable RateLimit retries,
            @Nullable CircuitBreaker breaker) {}

    private final @Nullable RateLimiter requests;
    private final @Nullable RateLimiter retries;
    private final io.github.resilience4j.circuitbreaker.@Nullable CircuitBreaker breaker;
    private final Timing timing;
    private final Duration openFor;
    private long openUntil;

    Gate(Settings settings, Timing timing) {
        this.timing = timing;
        this.openFor =
                settings.breaker() == null ? Duration.ZERO : settings.breaker().openFor();
        this.requests = limiter(settings.requests(), timing);
        this.retries = limiter(settings.retries(), timing);
        this.breaker = settings.breaker() == null ? null : breaker(settings.breaker(), timing);
    }

    /**
     * Takes a place; the attempt may be made after this time. If none comes within {@code atMost}, the result is longer,
     * and the limit that has none keeps its places: whoever comes later must not wait for one that nobody uses.
     */
    Duration reserve(boolean retry, Duration atMost) {
        Duration retryTurn = retry ? reserve(retries, atMost) : Duration.ZERO;
        if (retryTurn.compareTo(atMost) > 0) {
            return retryTurn;
        }
        Duration turn = reserve(requests, atMost);
        return turn.compareTo(retryTurn) > 0 ? turn : retryTurn;
    }

    /** Whether an attempt may be made now as far as the breaker goes; if so, {@link #learn} or {@link #release} follows. */
    boolean tryPass() {
        return breaker == null || breaker.tryAcquirePermission();
    }

    /** When to ask {@link #tryPass} again. */
    Duration look() {
        Duration left = Duration.ofNanos(openUntil - timing.nanos());
        if (left.compareTo(Duration.ofMillis(1)) < 0) {
            // Half open, and another request is finding out.
            return Duration.ofMillis(50);
        }
        return left.compareTo(LONGEST_LOOK) < 0 ? left : LONGEST_LOOK;
    }

    /** Gives back what {@link #tryPass} gave, for the attempt was not made. */
    void release() {
        if (breaker != null) {
            breaker.releasePermission();
        }
    }

    /**
     * Takes in how an attempt went.
     *
     * @return whether the circuit opens because of it
     */
    boolean learn(Health health) {
        if (breaker == null) {
            return false;
        }
        switch (health) {
            case UP -> breaker.onSuccess(0, TimeUnit.NANOSECONDS);
            case DOWN -> {
                return fail(breaker);
            }
            case AUTH, BUSY -> breaker.releasePermission();
        }
        return false;
    }

    private boolean fail(io.github.resilience4j.circuitbreaker.CircuitBreaker failing) {
        boolean wasOpen = failing.getState() == State.OPEN;
        failing.onError(0, TimeUnit.NANOSECONDS, new IllegalStateException("the attempt failed"));
        boolean opens = !wasOpen && failing.getState() == State.OPEN;
        if (opens) {
            openUntil = timing.nanos() + openFor.toNanos();
        }
        return opens;
    }

    private static Duration reserve(@Nullable RateLimiter limiter, Duration atMost) {
        if (limiter == null) {
            return Duration.ZERO;
        }
        limiter.changeTimeoutDuration(atMost.compareTo(PATIENCE) < 0 ? atMost : PATIENCE);
        long nanos = limiter.reservePermission();
        // Negative: no place within the patience there is.
        return nanos < 0 ? NEVER : Duration.ofNanos(nanos);
    }

    private static @Nullable RateLimiter limiter(@Nullable RateLimit limit, Timing timing) {
        if (limit == null) {
            return null;
        }
        RateLimiterConfig config = RateLimiterConfig.custom()
                .limitForPeriod(limit.requests())
                .limitRefreshPeriod(limit.period())
                .timeoutDuration(PATIENCE)
                .build();
        return new AtomicRateLimiter("sluice", config, timing::nanos);
    }

    private static io.github.resilience4j.circuitbreaker.CircuitBreaker breaker(
            CircuitBreaker settings, Timing timing) {
        return io.github.resilience4j.circuitbreaker.CircuitBreaker.of(
                "sluice",
                CircuitBreakerConfig.custom()
                        .failureRateThreshold(settings.failurePercent())
                        .slidingWindowSize(settings.window())
                        .minimumNumberOfCalls(settings.window())
                        .waitDurationInOpenState(settings.openFor())
                        .permittedNumberOfCallsInHalfOpenState(1)
                        .clock(new SteadyClock(timing))
                        .build());
    }

    /** The breaker reads a wall clock, which may be set back: it gets one that only runs on. */
    private static final class SteadyClock extends Clock {
        private final Timing timing;
        private final long start;

        SteadyClock(Timing timing) {
            this.timing = timing;
            this.start = timing.nanos();
        }

        @Override
        public Instant instant() {
            return Instant.EPOCH.plusNanos(timing.nanos() - start);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
