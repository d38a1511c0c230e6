package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.jdbc.SyncReport.TableReport;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class PollingTest {
    private static final TableReport NOTHING = report(0, true, null);
    private static final TableReport ROWS = report(7, true, null);
    private static final TableReport FAILED = report(7, false, new IllegalStateException("down"));
    private static final TableReport MORE = report(7, false, null);

    @Test
    void looks_more_seldom_up_to_the_ceiling_while_there_are_no_rows() {
        assertThat(after(NOTHING, 1_000)).isEqualTo(1_500);
        assertThat(after(NOTHING, 1_500)).isEqualTo(2_250);
        assertThat(after(NOTHING, 59_000)).isEqualTo(60_000);
        assertThat(after(NOTHING, 60_000)).isEqualTo(60_000);
    }

    @Test
    void looks_more_often_down_to_the_floor_while_there_are_rows() {
        assertThat(after(ROWS, 60_000)).isEqualTo(30_000);
        assertThat(after(ROWS, 1_500)).isEqualTo(1_000);
        assertThat(after(ROWS, 1_000)).isEqualTo(1_000);
    }

    @Test
    void looks_more_seldom_when_the_api_asked_to_wait() {
        Duration next = Polling.DEFAULT.after(ROWS, true, Duration.ofSeconds(10));
        assertThat(next).isEqualTo(Duration.ofSeconds(15));
    }

    @Test
    void backs_off_to_the_ceiling_while_passes_fail() {
        assertThat(after(FAILED, 1_000)).isEqualTo(5_000);
        assertThat(after(FAILED, 5_000)).isEqualTo(10_000);
        assertThat(after(FAILED, 40_000)).isEqualTo(60_000);
    }

    @Test
    void keeps_to_the_ceiling_when_it_is_lower_than_the_wait_after_an_error() {
        Polling hasty = new Polling(Duration.ofMillis(100), Duration.ofSeconds(2));
        assertThat(hasty.after(FAILED, false, Duration.ofMillis(100))).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void goes_on_at_once_when_rows_are_left() {
        assertThat(after(MORE, 10_000)).isZero();
    }

    @Test
    void refuses_intervals_that_make_no_sense() {
        assertThatThrownBy(() -> new Polling(Duration.ofSeconds(2), Duration.ofSeconds(1)))
                .hasMessageContaining("found PT2S and PT1S");
        assertThatThrownBy(() -> new Polling(Duration.ZERO, Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static long after(TableReport pass, long beforeMillis) {
        return Polling.DEFAULT
                .after(pass, false, Duration.ofMillis(beforeMillis))
                .toMillis();
    }

    private static TableReport report(long rows, boolean complete, @Nullable RuntimeException error) {
        return new TableReport("public.t", "bronze.t", rows, 0, 1, 0, 0, null, complete, error, List.of());
    }
}
