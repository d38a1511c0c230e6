package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.transport.ApiKey;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RateLimitTest {
    @ParameterizedTest
    @CsvSource({
        "100 per 10s,100,PT10S",
        "5 per s,5,PT1S",
        "1 per 500ms,1,PT0.5S",
        "7 per 2m,7,PT2M",
        "7 PER 24H,7,P1D",
        "' 3 per m ',3,PT1M"
    })
    void reads_number_and_period(String text, int requests, Duration period) {
        assertThat(RateLimit.parse(text)).isEqualTo(new RateLimit(requests, period));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "100",
                "per s",
                "100 / s",
                "100 per 1d",
                "-1 per s",
                "1.5 per s",
                "9999999999 per s",
                "1 per s s"
            })
    void shows_the_form_when_it_cannot_read(String text) {
        assertThatThrownBy(() -> RateLimit.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("100 per 10s");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0 per s", "1 per 0s", "1 per 25h", "1 per 999999999h"})
    void refuses_limits_that_make_no_sense(String text) {
        assertThatThrownBy(() -> RateLimit.parse(text)).hasMessageContaining("at least 1 request");
    }

    @Test
    void refuses_a_limit_for_tables_that_is_looser_than_the_one_for_all() {
        assertThatThrownBy(() -> StreamClient.builder()
                        .baseUrl("http://h")
                        .apiKey(ApiKey.of("k"))
                        .rateLimit(RateLimit.parse("10 per s"))
                        .tableRateLimit(RateLimit.parse("601 per m"))
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("tableRateLimit is 601 per PT1M and rateLimit is 10 per PT1S");
        assertThatThrownBy(() -> StreamClient.builder()
                        .baseUrl("http://h")
                        .apiKey(ApiKey.of("k"))
                        .tableRetryBudget(RateLimit.parse("11 per s"))
                        .build())
                .hasMessageContaining("tableRetryBudget is 11 per PT1S and retryBudget is 100 per PT10S");
    }
}
