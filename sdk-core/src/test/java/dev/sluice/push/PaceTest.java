package dev.sluice.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.RateLimit;
import dev.sluice.testkit.ManualClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class PaceTest {
    private final ManualClock clock = new ManualClock().autoAdvance();
    private final Pace pace = new Pace(clock, RateLimit.parse("3 per 10s"));

    private Instant after(long seconds) {
        return ManualClock.START.plusSeconds(seconds);
    }

    @Test
    void waits_for_the_next_period_when_the_places_of_this_one_are_taken() throws Exception {
        for (long seconds : new long[] {0, 0, 0, 10, 10, 10, 20}) {
            pace.pause(pace.reserve());
            assertThat(clock.now()).isEqualTo(after(seconds));
        }
    }

    @Test
    void begins_a_full_period_when_a_place_is_taken_after_the_last_one_is_over() throws Exception {
        pace.pause(pace.reserve());
        clock.advance(Duration.ofSeconds(14));
        for (long seconds : new long[] {14, 14, 14, 24}) {
            pace.pause(pace.reserve());
            assertThat(clock.now()).isEqualTo(after(seconds));
        }
    }

    @Test
    void never_waits_without_a_limit() throws Exception {
        Pace free = new Pace(clock, null);
        for (int i = 0; i < 1_000; i++) {
            free.pause(free.reserve());
        }
        assertThat(clock.now()).isEqualTo(ManualClock.START);
    }

    @Test
    void ends_a_wait_when_it_is_stopped_or_interrupted() {
        pace.stop();
        assertThatThrownBy(() -> pace.pause(Duration.ofHours(1))).isInstanceOf(InterruptedException.class);
        Pace other = new Pace(new ManualClock(), null);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> other.pause(Duration.ofHours(1))).isInstanceOf(InterruptedException.class);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }
}
