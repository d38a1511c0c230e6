package dev.sluice.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {
    private static final Instant NOW = Instant.parse("1994-11-06T08:49:37Z");

    @ParameterizedTest
    @CsvSource({
        "0,PT0S",
        "1,PT1S",
        "' 7 ',PT7S",
        "007,PT7S",
        "300,PT5M",
        "301,PT5M",
        "999999999,PT5M",
        "9999999999,PT5M",
        "99999999999999999999999,PT5M"
    })
    void reads_seconds_up_to_five_minutes(String header, Duration wait) {
        assertThat(RetryAfter.parse(header, NOW)).isEqualTo(wait);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Sun, 06 Nov 1994 08:49:47 GMT|PT10S",
                "Sun, 06 Nov 1994 08:49:37 GMT|PT0S",
                "Sun, 06 Nov 1994 08:49:36 GMT|PT0S",
                "Sat, 01 Jan 1994 00:00:00 GMT|PT0S",
                "Sun, 06 Nov 1994 08:54:38 GMT|PT5M",
                "Fri, 31 Dec 9999 23:59:59 GMT|PT5M"
            })
    void reads_the_time_until_a_date(String header, Duration wait) {
        assertThat(RetryAfter.parse(header, NOW)).isEqualTo(wait);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "soon",
                "-1",
                "1.5",
                "1s",
                "+5",
                "٣",
                "Sun, 31 Feb 1994 08:49:37 GMT",
                "1994-11-06T08:49:37Z"
            })
    void knows_nothing_of_what_it_cannot_read(String header) {
        assertThat(RetryAfter.parse(header, NOW)).isNull();
    }

    @Test
    void knows_nothing_when_there_is_no_header() {
        assertThat(RetryAfter.parse(null, NOW)).isNull();
    }
}
