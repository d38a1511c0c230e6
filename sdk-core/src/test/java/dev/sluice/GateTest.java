package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GateTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration LONG = Duration.ofDays(36_500);

    private final ManualTiming timing = new ManualTiming();

    private Gate breaker(int percent, int window) {
        return new Gate(new Gate.Settings(null, null, new CircuitBreaker(percent, window, MINUTE)), timing);
    }

    private static void attempt(Gate gate, Health health) {
        assertThat(gate.tryPass()).isTrue();
        gate.learn(health);
    }

    @Test
    void asks_for_no_wait_when_there_is_no_limit() {
        Gate gate = new Gate(new Gate.Settings(null, null, null), timing);
        assertThat(gate.reserve(false, LONG)).isZero();
        assertThat(gate.reserve(true, LONG)).isZero();
        assertThat(gate.tryPass()).isTrue();
    }

    @Test
    void asks_for_a_wait_when_the_period_is_used_up() {
        Gate gate = new Gate(new Gate.Settings(new RateLimit(2, Duration.ofHours(1)), null, null), timing);
        assertThat(gate.reserve(false, LONG)).isZero();
        assertThat(gate.reserve(false, LONG)).isZero();
        assertThat(gate.reserve(false, LONG)).isEqualTo(Duration.ofHours(1));
        timing.advance(Duration.ofMinutes(90));
        assertThat(gate.reserve(false, LONG)).isZero();
    }

    @Test
    void asks_for_a_long_wait_when_no_place_is_left_at_all() {
        Gate gate = new Gate(new Gate.Settings(new RateLimit(1, Duration.ofDays(1)), null, null), timing);
        for (int i = 0; i < 366; i++) {
            gate.reserve(false, LONG);
        }
        assertThat(gate.reserve(false, LONG)).isGreaterThan(Duration.ofDays(365));
    }

    @Test
    void takes_no_place_that_would_come_too_late() {
        Gate gate = new Gate(new Gate.Settings(null, new RateLimit(1, MINUTE), null), timing);
        assertThat(gate.reserve(true, LONG)).isZero();
        for (int i = 0; i < 100; i++) {
            assertThat(gate.reserve(true, Duration.ofSeconds(59))).isGreaterThan(Duration.ofSeconds(59));
        }
        assertThat(gate.reserve(true, LONG)).isEqualTo(MINUTE);
    }

    @Test
    void counts_only_retries_against_the_budget() {
        Gate gate = new Gate(new Gate.Settings(null, new RateLimit(1, MINUTE), null), timing);
        assertThat(gate.reserve(false, LONG)).isZero();
        assertThat(gate.reserve(true, LONG)).isZero();
        assertThat(gate.reserve(false, LONG)).isZero();
        assertThat(gate.reserve(true, LONG)).isEqualTo(MINUTE);
    }

    @Test
    void opens_when_the_share_of_failures_is_reached() {
        Gate gate = breaker(50, 4);
        attempt(gate, Health.UP);
        attempt(gate, Health.DOWN);
        attempt(gate, Health.UP);
        attempt(gate, Health.DOWN);
        assertThat(gate.tryPass()).isFalse();
        assertThat(gate.look()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void lets_one_request_find_out_when_its_time_is_over() {
        Gate gate = breaker(100, 2);
        attempt(gate, Health.DOWN);
        attempt(gate, Health.DOWN);
        timing.advance(MINUTE.minusMillis(300));
        assertThat(gate.tryPass()).isFalse();
        assertThat(gate.look()).isEqualTo(Duration.ofMillis(300));
        timing.advance(Duration.ofMillis(301));
        assertThat(gate.tryPass()).isTrue();
        assertThat(gate.tryPass()).isFalse();
        gate.learn(Health.UP);
        assertThat(gate.tryPass()).isTrue();
    }

    @Test
    void opens_again_when_the_request_that_finds_out_fails() {
        Gate gate = breaker(100, 2);
        attempt(gate, Health.DOWN);
        attempt(gate, Health.DOWN);
        timing.advance(MINUTE.plusMillis(1));
        attempt(gate, Health.DOWN);
        assertThat(gate.tryPass()).isFalse();
        timing.advance(MINUTE.plusMillis(1));
        assertThat(gate.tryPass()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"AUTH", "BUSY", "UP"})
    void stays_closed_when_answers_say_nothing_against_the_server(Health health) {
        Gate gate = breaker(1, 2);
        for (int i = 0; i < 20; i++) {
            attempt(gate, health);
        }
        assertThat(gate.tryPass()).isTrue();
    }

    @Test
    void opens_for_no_longer_when_the_wall_clock_is_set_back() {
        Gate gate = breaker(100, 2);
        attempt(gate, Health.DOWN);
        attempt(gate, Health.DOWN);
        timing.setWallClock(Instant.parse("2020-01-01T00:00:00Z"));
        timing.advance(MINUTE.plusMillis(1));
        assertThat(gate.tryPass()).isTrue();
    }

    @Test
    void takes_back_a_pass_that_was_not_used() {
        Gate gate = breaker(100, 2);
        attempt(gate, Health.DOWN);
        attempt(gate, Health.DOWN);
        timing.advance(MINUTE.plusMillis(1));
        assertThat(gate.tryPass()).isTrue();
        gate.release();
        assertThat(gate.tryPass()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"0,20,PT30S", "101,20,PT30S", "50,1,PT30S", "50,10001,PT30S", "50,20,PT0S", "50,20,PT25H"})
    void refuses_settings_that_make_no_sense(int percent, int window, Duration openFor) {
        assertThatThrownBy(() -> new CircuitBreaker(percent, window, openFor))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("found");
    }
}
