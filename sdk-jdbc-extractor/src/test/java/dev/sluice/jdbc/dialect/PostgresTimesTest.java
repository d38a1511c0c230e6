package dev.sluice.jdbc.dialect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Dates, times and intervals, through a real PostgreSQL, and the JSON they must become. */
final class PostgresTimesTest {
    private static final TypeLab LAB = new TypeLab();

    @AfterAll
    static void close() {
        LAB.close();
    }

    static Stream<Arguments> values() {
        return Stream.of(
                arguments("date", "2025-02-14", "\"2025-02-14\""),
                arguments("date", "0044-03-15 BC", "\"-0043-03-15\""),
                arguments("date", "0001-12-31 BC", "\"0000-12-31\""),
                arguments("date", "infinity", "\"infinity\""),
                arguments("timestamp", "2025-02-14 14:44:29.123456", "\"2025-02-14T14:44:29.123456\""),
                arguments("timestamp", "0044-03-15 01:02:03 BC", "\"-0043-03-15T01:02:03\""),
                arguments("timestamp", "-infinity", "\"-infinity\""),
                arguments("timestamptz", "2025-02-14 14:44:29.123456+01", "\"2025-02-14T13:44:29.123456Z\""),
                arguments("timestamptz", "2025-11-02 01:30:00-05", "\"2025-11-02T06:30:00Z\""),
                arguments("timestamptz", "0044-03-15 01:02:03+00 BC", "\"-0043-03-15T01:02:03Z\""),
                arguments("timestamptz", "infinity", "\"infinity\""),
                arguments("time", "24:00:00", "\"24:00:00\""),
                arguments("time", "01:02:03.000004", "\"01:02:03.000004\""),
                arguments("timetz", "01:02:03+02", "\"01:02:03+02\""),
                arguments("interval", "1 year 2 mons 3 days 04:05:06.7", "\"1 year 2 mons 3 days 04:05:06.7\""),
                arguments("date", "-infinity", "\"-infinity\""),
                arguments("date", "5874897-12-31", "\"5874897-12-31\""),
                arguments("date", "4713-01-01 BC", "\"-4712-01-01\""),
                arguments("timestamp", "294276-12-31 23:59:59.999999", "\"294276-12-31T23:59:59.999999\""),
                arguments("timestamptz", "294276-12-31 23:59:59.999999+00", "\"294276-12-31T23:59:59.999999Z\""),
                arguments("timestamp(3)", "2025-02-14 14:44:29.1239", "\"2025-02-14T14:44:29.124\""),
                arguments("timestamptz(0)", "2025-02-14 14:44:29.4+00", "\"2025-02-14T14:44:29Z\""),
                arguments("timestamptz", "4714-11-24 00:00:00+00 BC", "\"-4713-11-24T00:00:00Z\""),
                arguments("timestamptz", "0044-03-15 01:02:03.123456+00 BC", "\"-0043-03-15T01:02:03.123456Z\""),
                arguments("timestamptz", "-infinity", "\"-infinity\""),
                arguments("timestamp", "infinity", "\"infinity\""),
                arguments("time", "00:00:00", "\"00:00:00\""),
                arguments("time(2)", "01:02:03.456", "\"01:02:03.46\""),
                arguments("timetz", "24:00:00-15:59", "\"24:00:00-15:59\""),
                arguments("timetz", "01:02:03.000001+05:30", "\"01:02:03.000001+05:30\""),
                arguments(
                        "interval",
                        "-1 years -2 mons +3 days -04:05:06.789",
                        "\"-1 years -2 mons +3 days -04:05:06.789\""),
                arguments("interval", "0", "\"00:00:00\""),
                arguments("interval", "178000000 years", "\"178000000 years\""));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("values")
    void becomes_its_json_when_read(String type, String value, String json) throws Exception {
        assertThat(LAB.json(type, value)).isEqualTo(json);
    }

    @Test
    void becomes_its_json_when_all_stand_in_one_row_with_and_without_null_between() throws Exception {
        LAB.checkInOneRow(values());
    }

    @Test
    void is_a_text_when_an_interval_has_no_end() throws Exception {
        LAB.assumeVersion(17);
        assertThat(LAB.json("interval", "infinity")).isEqualTo("\"infinity\"");
    }

    @Test
    void is_null_and_counted_when_infinite_times_are_to_be() throws Exception {
        TypePolicy policy = TypePolicy.DEFAULT.infiniteTimes(TypePolicy.Odd.NULL);
        Losses losses = new Losses();
        assertThat(LAB.json("date", "infinity", policy, losses)).isEqualTo("null");
        assertThat(LAB.json("timestamp", "-infinity", policy, losses)).isEqualTo("null");
        assertThat(LAB.json("timestamptz[]", "{infinity,-infinity}", policy, losses))
                .isEqualTo("[null,null]");
        assertThat(LAB.json("date", "2025-01-01", policy, losses)).isEqualTo("\"2025-01-01\"");
        assertThat(losses.byColumn()).isEqualTo(Map.of("v", 4L));
    }

    @Test
    void names_the_column_when_infinite_times_are_to_fail() {
        TypePolicy policy = TypePolicy.DEFAULT.infiniteTimes(TypePolicy.Odd.FAIL);
        assertThatThrownBy(() -> LAB.json("timestamptz", "infinity", policy, new Losses()))
                .isInstanceOf(SourceException.class)
                .hasMessage("the column v holds an infinite time, which the type policy (infiniteTimes) refuses:"
                        + " correct the row, or have it sent as text or null");
    }
}
