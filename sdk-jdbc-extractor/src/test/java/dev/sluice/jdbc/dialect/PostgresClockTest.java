package dev.sluice.jdbc.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jdbc.TestDatabase;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The texts of the bound; what it is good for is tested where rows are synced. */
final class PostgresClockTest {
    private static final Dialect DIALECT = Dialect.postgresql();

    private final TestDatabase db = new TestDatabase();

    @AfterEach
    void close() {
        db.close();
    }

    @ParameterizedTest
    @CsvSource({
        "timestamptz, 'YYYY-MM-DD HH24:MI:SS.US+00'",
        "timestamptz(3), 'YYYY-MM-DD HH24:MI:SS.MS+00'",
        "timestamptz(0), 'YYYY-MM-DD HH24:MI:SS+00'",
        "timestamp(2), 'YYYY-MM-DD HH24:MI:SS'",
        "date, 'YYYY-MM-DD'"
    })
    void rounds_down_to_the_columns_resolution(String type, String format) throws Exception {
        Instant time = Instant.parse("2025-03-04T05:06:07.987654Z");
        String utc = "timestamptz '" + time + "' AT TIME ZONE 'UTC'";
        String floored = db.one("SELECT to_char(" + utc + ", '" + format + "')");
        assertThat(same(type, bound(type, ZoneOffset.UTC, time), floored)).isTrue();
    }

    @Test
    void is_a_tenth_of_a_second_behind_when_nothing_is_open() throws Exception {
        try (Connection connection = db.dataSource().getConnection()) {
            DIALECT.begin(connection);
            Activity activity = DIALECT.activity(connection);
            assertThat(Duration.between(activity.oldest(), activity.now())).isEqualTo(Duration.ofMillis(100));
        }
    }

    @Test
    void is_local_time_when_the_column_has_no_zone() throws Exception {
        Instant time = Instant.parse("2025-03-04T05:06:07.5Z");
        assertThat(bound("timestamp", ZoneId.of("Asia/Kolkata"), time)).isEqualTo("2025-03-04 10:36:07.5");
    }

    @ParameterizedTest
    @CsvSource({
        "2025-11-02 04:59:59, 2025-11-02 00:59:59", // before the hour that comes twice
        "2025-11-02 05:10:00, 2025-11-02 01:00:00", // in its first pass
        "2025-11-02 05:59:59, 2025-11-02 01:00:00",
        "2025-11-02 06:10:00, 2025-11-02 01:10:00", // in its second pass
        "2025-11-02 07:00:00, 2025-11-02 02:00:00",
        "2025-03-09 06:59:59, 2025-03-09 01:59:59", // before the hour that is left out
        "2025-03-09 07:00:00, 2025-03-09 03:00:00"
    })
    void holds_back_the_hour_that_comes_twice(String utc, String local) {
        Column naive = new Column("v", "timestamp", "timestamp", false, -1, false);
        String bound = PostgresClock.bound(naive, ZoneId.of("America/New_York"), "h");
        assertThat(db.one("SELECT (" + bound + ")::text FROM (SELECT timestamptz '" + utc + "+00' AS h) AS x"))
                .isEqualTo(local);
    }

    @ParameterizedTest
    @CsvSource({"+05:30, 17:30:00", "-05:00, 07:00:00", "UTC+2, 14:00:00", "Z, 12:00:00", "Asia/Tokyo, 21:00:00"})
    void reads_offsets_as_java_does(String zone, String local) {
        Column naive = new Column("v", "timestamp", "timestamp", false, -1, false);
        String bound = PostgresClock.bound(naive, ZoneId.of(zone), "timestamptz '2025-01-01 12:00:00+00'");
        assertThat(db.one("SELECT (" + bound + ")::time::text")).isEqualTo(local);
    }

    private String bound(String type, ZoneId zone, Instant time) throws Exception {
        db.run("CREATE TABLE one (v " + type + ")");
        try (Connection connection = db.dataSource().getConnection()) {
            DIALECT.begin(connection);
            Column column =
                    DIALECT.describe(connection, "one").orElseThrow().columns().get(0);
            return DIALECT.bound(connection, column, zone, time);
        }
    }

    private boolean same(String type, String bound, String floored) {
        // In full resolution, for a cast to the column's type would round what was not rounded before.
        String full =
                type.startsWith("timestamptz") ? "timestamptz" : type.startsWith("timestamp") ? "timestamp" : type;
        return db.one("SELECT " + full + " '" + bound + "' = " + full + " '" + floored + "'")
                .equals("t");
    }
}
