package dev.sluice.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.RateLimit;
import dev.sluice.RetryPolicy;
import dev.sluice.spool.PushQueue;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PushConfigTest {
    private static final PushFunction SYNC = PushFunction.sync(batch -> batch.all(RowOutcome.ok()));
    private static final PushFunction ATOMIC = PushFunction.atomic(batch -> {});
    private static final PushFunction ASYNC = PushFunction.async(batch -> "job", job -> JobStatus.running());

    private static PushRunner.Builder runner(PushFunction function) {
        return PushRunner.builder(PushQueue.inMemory(), "crm", function);
    }

    private static void assertRefused(PushRunner.Builder builder, String... words) {
        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(words);
    }

    @Test
    void takes_what_goes_together() {
        runner(SYNC)
                .batchSize(500)
                .maxConcurrency(8)
                .rateLimit(RateLimit.parse("100 per 10s"))
                .retries(RetryPolicy.DEFAULT)
                .build();
        runner(ATOMIC).maxConcurrency(1).build();
        runner(ASYNC)
                .pollInterval(Duration.ofSeconds(1))
                .pollTimeout(Duration.ofDays(2))
                .build();
    }

    @Test
    void refuses_concurrency_in_other_modes_than_sync_and_names_both() {
        assertRefused(runner(ATOMIC).maxConcurrency(3), "maxConcurrency 3", "mode ATOMIC");
        assertRefused(runner(ASYNC).maxConcurrency(2), "maxConcurrency 2", "mode ASYNC");
    }

    @Test
    void refuses_polling_in_other_modes_than_async_and_names_both() {
        assertRefused(runner(SYNC).pollInterval(Duration.ofSeconds(5)), "pollInterval PT5S", "mode SYNC");
        assertRefused(runner(ATOMIC).pollTimeout(Duration.ofHours(1)), "pollTimeout PT1H", "mode ATOMIC");
    }

    @Test
    void refuses_numbers_and_times_that_mean_nothing() {
        assertRefused(runner(SYNC).batchSize(0), "batchSize", "0");
        assertRefused(runner(SYNC).maxConcurrency(0), "maxConcurrency", "0");
        for (Duration time : new Duration[] {Duration.ZERO, Duration.ofSeconds(-1), Duration.ofDays(366)}) {
            assertThatThrownBy(() -> runner(ASYNC).pollInterval(time)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> runner(ASYNC).pollTimeout(time)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> runner(SYNC).build().watch(time, report -> {}))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> RateLimit.parse("100 per 10d")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RateLimit.parse("0 per 10s")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refuses_a_target_that_cannot_be_named() {
        assertRefused(PushRunner.builder(PushQueue.inMemory(), "bronze.crm", SYNC), "bronze.crm");
    }

    @Test
    void knows_the_mode_of_a_function() {
        assertThat(SYNC.mode()).isEqualTo(PushFunction.Mode.SYNC);
        assertThat(PushFunction.syncText(batch -> Map.of()).mode()).isEqualTo(PushFunction.Mode.SYNC);
        assertThat(ATOMIC.mode()).isEqualTo(PushFunction.Mode.ATOMIC);
        assertThat(ASYNC.mode()).isEqualTo(PushFunction.Mode.ASYNC);
    }
}
