package dev.sluice;

import java.time.Duration;

/**
 * When to stop asking a server that fails, for a while: requests wait, and none of them fails for it.
 *
 * <p>Attempts that found no server, no readable answer, or HTTP 408, 500, 502, 503 and 504 count as failed; refusals of
 * rows, of the key and of the pace do not. After {@code openFor} one request finds out whether it is over.
 *
 * @param failurePercent the share of failed attempts that opens it, 1 to 100
 * @param window how many of the latest attempts are looked at, 2 to 10,000; it stays closed before there were as many
 * @param openFor how long no request is made, up to a day
 */
public record CircuitBreaker(int failurePercent, int window, Duration openFor) {
    public CircuitBreaker {
        if (failurePercent < 1 || failurePercent > 100) {
            throw new IllegalArgumentException("failurePercent must be 1 to 100, found " + failurePercent);
        }
        if (window < 2 || window > 10_000) {
            throw new IllegalArgumentException("window must be 2 to 10000 attempts, found " + window);
        }
        if (openFor.compareTo(Duration.ofMillis(1)) < 0 || openFor.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException("openFor must be 1 ms to 1 day, found " + openFor);
        }
    }
}
