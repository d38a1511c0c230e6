package dev.sluice.jdbc.dialect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Instant;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The clock and the texts of the bound. */
final class GenericTimesTest {
    @ParameterizedTest
    @CsvSource({
        "timestamp, 9, 2025-03-04 00:06:07.987654321",
        "timestamp, 3, 2025-03-04 00:06:07.987",
        "timestamp, 0, 2025-03-04 00:06:07",
        "timestamptz, 6, 2025-03-04 05:06:07.987654+00:00",
        "date, -1, 2025-03-04"
    })
    void rounds_down_to_the_columns_resolution(String kind, int digits, String text) {
        assertThat(bound(kind, digits, ZoneId.of("America/New_York"), "2025-03-04T05:06:07.987654321Z"))
                .isEqualTo(text);
    }

    @Test
    void holds_back_the_hour_that_comes_twice() {
        assertThat(bound("timestamp", 0, ZoneId.of("America/New_York"), "2025-11-02T05:59:59Z"))
                .isEqualTo("2025-11-02 01:00:00");
    }

    @ParameterizedTest
    @CsvSource({"jdbc:h2:mem:", "jdbc:h2:mem:;TIME ZONE=Asia/Tokyo", "jdbc:duckdb:"})
    void tells_the_time_whatever_the_sessions_zone(String url) throws Exception {
        try (Connection connection = DriverManager.getConnection(url)) {
            if (url.contains("duckdb")) {
                connection.createStatement().execute("SET TimeZone = 'Asia/Tokyo'");
            }
            Activity activity = Dialect.generic().activity(connection);
            assertThat(activity.now()).isBetween(Instant.now().minusSeconds(60), Instant.now());
            assertThat(activity.blind()).contains("horizonLag");
        }
    }

    @Test
    void refuses_a_clock_that_does_not_say_its_zone() throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite::memory:")) {
            assertThatThrownBy(() -> Dialect.generic().activity(connection))
                    .isInstanceOf(SourceException.class)
                    .hasMessageContaining("in which zone its clock is")
                    .hasMessageContaining("dialect(..)");
        }
    }

    @Test
    void refuses_a_database_that_writes_times_in_its_own_way() throws Exception {
        Column whole = new Column("v", "integer", "timestamptz", false, 0, false);
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite::memory:")) {
            assertThatThrownBy(() -> GenericTimes.bound(connection, whole, null, Instant.EPOCH))
                    .isInstanceOf(SourceException.class)
                    .hasMessageContaining("ISO 8601");
        }
    }

    private static String bound(String kind, int digits, @Nullable ZoneId zone, String time) {
        return GenericTimes.bound(new Column("v", kind, kind, false, digits, false), zone, Instant.parse(time));
    }
}
