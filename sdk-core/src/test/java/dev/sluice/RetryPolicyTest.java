package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryPolicyTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    @ParameterizedTest
    @CsvSource({"1,500", "2,1000", "3,2000", "6,16000", "7,30000", "8,30000", "31,30000", "64,30000", "2000000000,30000"
    })
    void doubles_the_bound_up_to_its_cap(int failures, long millis) {
        assertThat(RetryPolicy.DEFAULT.bound(failures)).isEqualTo(Duration.ofMillis(millis));
    }

    @Test
    void reaches_the_cap_when_the_first_bound_is_a_nanosecond() {
        RetryPolicy policy = RetryPolicy.DEFAULT.withBackoff(Duration.ofNanos(1), Duration.ofDays(365));
        assertThat(policy.bound(40)).isEqualTo(Duration.ofNanos(1L << 39));
        assertThat(policy.bound(100)).isEqualTo(Duration.ofDays(365));
    }

    @Test
    void never_passes_the_cap_when_it_is_no_multiple_of_the_first_bound() {
        RetryPolicy policy = RetryPolicy.DEFAULT.withBackoff(Duration.ofMillis(300), SECOND);
        assertThat(policy.bound(2)).isEqualTo(Duration.ofMillis(600));
        assertThat(policy.bound(3)).isEqualTo(SECOND);
    }

    @Test
    void refuses_less_than_one_attempt() {
        assertThatThrownBy(() -> RetryPolicy.DEFAULT.withMaxAttempts(0)).hasMessageContaining("found 0");
    }

    @ParameterizedTest
    @CsvSource({"PT0S,PT1S", "PT-1S,PT1S", "PT2S,PT1S", "PT1S,P366D"})
    void refuses_bounds_that_make_no_sense(Duration initial, Duration max) {
        assertThatThrownBy(() -> RetryPolicy.DEFAULT.withBackoff(initial, max))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({"PT0S", "PT-1S", "P366D"})
    void refuses_deadlines_that_make_no_sense(Duration deadline) {
        assertThatThrownBy(() -> RetryPolicy.DEFAULT.withDeadline(deadline))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("deadline");
    }

    @Test
    void changes_one_thing_at_a_time() {
        RetryPolicy policy = RetryPolicy.DEFAULT
                .withMaxAttempts(3)
                .withBackoff(SECOND, SECOND)
                .withDeadline(SECOND);
        assertThat(policy).isEqualTo(new RetryPolicy(3, SECOND, SECOND, SECOND));
    }
}
