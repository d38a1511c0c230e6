package dev.sluice.jdbc.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The texts of the bound. */
final class MySqlClockTest {
    @ParameterizedTest
    @CsvSource({
        "datetime, 6, 2025-03-04 05:06:07.987654",
        "datetime, 3, 2025-03-04 05:06:07.987",
        "datetime, 0, 2025-03-04 05:06:07",
        "timestamp, 1, 2025-03-04 05:06:07.9",
        "date, -1, 2025-03-04"
    })
    void rounds_down_to_the_columns_resolution(String kind, int digits, String text) {
        assertThat(bound(kind, digits, "UTC", "2025-03-04T05:06:07.987654Z")).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "2025-11-02T04:59:59Z, 2025-11-02 00:59:59", // before the hour that comes twice
        "2025-11-02T05:10:00Z, 2025-11-02 01:00:00", // in its first pass
        "2025-11-02T05:59:59Z, 2025-11-02 01:00:00",
        "2025-11-02T06:00:00Z, 2025-11-02 01:00:00",
        "2025-11-02T06:10:00Z, 2025-11-02 01:10:00", // in its second pass
        "2025-11-02T07:00:00Z, 2025-11-02 02:00:00",
        "2025-03-09T06:59:59Z, 2025-03-09 01:59:59", // before the hour that is left out
        "2025-03-09T07:00:00Z, 2025-03-09 03:00:00"
    })
    void holds_back_the_hour_that_comes_twice(String time, String local) {
        assertThat(bound("datetime", 0, "America/New_York", time)).isEqualTo(local);
    }

    @ParameterizedTest
    @CsvSource({"+05:30, 2025-01-01 17:30:00", "-05:00, 2025-01-01 07:00:00", "Asia/Tokyo, 2025-01-01 21:00:00"})
    void is_local_time_when_the_column_has_no_zone(String zone, String local) {
        assertThat(bound("datetime", 0, zone, "2025-01-01T12:00:00Z")).isEqualTo(local);
    }

    @ParameterizedTest
    @CsvSource({"+05:30, 2025-01-02", "-05:00, 2025-01-01"})
    void is_the_local_day_when_the_column_is_a_date(String zone, String day) {
        assertThat(bound("date", -1, zone, "2025-01-01T20:00:00Z")).isEqualTo(day);
    }

    @ParameterizedTest
    @CsvSource({"+05:30", "America/New_York"})
    void is_in_utc_when_the_column_is_a_timestamp(String zone) {
        assertThat(bound("timestamp", 0, zone, "2025-01-01T12:00:00Z")).isEqualTo("2025-01-01 12:00:00");
    }

    private static String bound(String kind, int digits, String zone, String time) {
        Column column = new Column("v", kind, kind, false, digits, false);
        return MySqlClock.bound(column, ZoneId.of(zone), Instant.parse(time));
    }
}
