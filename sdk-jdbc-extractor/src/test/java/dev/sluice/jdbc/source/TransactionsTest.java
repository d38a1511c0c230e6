package dev.sluice.jdbc.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.RetryPolicy;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class TransactionsTest {
    private static final RetryPolicy RETRIES = Transactions.RETRIES;

    @Test
    void doubles_the_longest_wait_up_to_its_bound() {
        assertThat(longest(1)).isEqualTo(Duration.ofMillis(200));
        assertThat(longest(2)).isEqualTo(Duration.ofMillis(400));
        assertThat(longest(4)).isEqualTo(Duration.ofMillis(1_600));
        RetryPolicy many = RETRIES.withMaxAttempts(100);
        assertThat(Transactions.wait(many, 60, Duration.ZERO, 1)).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void waits_a_part_of_the_longest_wait() {
        assertThat(Transactions.wait(RETRIES, 1, Duration.ZERO, 0.25)).isEqualTo(Duration.ofMillis(50));
        assertThat(Transactions.wait(RETRIES, 1, Duration.ZERO, 0)).isZero();
    }

    @Test
    void gives_up_when_the_tries_are_used_up() {
        assertThat(longest(5)).isNull();
        assertThat(Transactions.wait(RETRIES.withMaxAttempts(1), 1, Duration.ZERO, 0))
                .isNull();
    }

    @Test
    void gives_up_when_the_wait_would_end_past_the_deadline() {
        Duration late = Duration.ofMinutes(1).minusMillis(200);
        assertThat(Transactions.wait(RETRIES, 1, late, 1)).isEqualTo(Duration.ofMillis(200));
        assertThat(Transactions.wait(RETRIES, 1, late.plusNanos(1), 1)).isNull();
    }

    private static Duration longest(int failures) {
        return Transactions.wait(RETRIES, failures, Duration.ZERO, 1);
    }
}
