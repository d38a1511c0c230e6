package dev.sluice.row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.sql.Timestamp;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Date;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class MapRowTest {
    private enum Color {
        RED {
            @Override
            public String toString() {
                return "a red";
            }
        }
    }

    record Point(int x, double y) {}

    static Stream<Arguments> values() {
        return Stream.of(plainValues(), containers(), times(), oldTimes()).flatMap(values -> values);
    }

    private static Stream<Arguments> plainValues() {
        String forty = "1234567890123456789012345678901234567890";
        UUID uuid = UUID.fromString("00000000-0000-002a-0000-00000000002a");
        return Stream.of(
                Arguments.of(null, "null"),
                Arguments.of("a\"é", "\"a\\\"é\""),
                Arguments.of(new StringBuilder("b"), "\"b\""),
                Arguments.of('c', "\"c\""),
                Arguments.of(true, "true"),
                Arguments.of((byte) -1, "-1"),
                Arguments.of((short) 2, "2"),
                Arguments.of(3, "3"),
                Arguments.of(Long.MAX_VALUE, "9223372036854775807"),
                Arguments.of(0.1f, "0.1"),
                Arguments.of(0.1, "0.1"),
                Arguments.of(new BigDecimal("0." + forty), "0." + forty),
                Arguments.of(new BigDecimal("1.00"), "1.00"),
                Arguments.of(new BigInteger(forty), forty),
                Arguments.of(new AtomicLong(9), "9"),
                Arguments.of(uuid, "\"" + uuid + "\""),
                Arguments.of(Color.RED, "\"RED\""),
                Arguments.of(new byte[] {1, 2, (byte) 0xFF}, "\"AQL/\""));
    }

    private static Stream<Arguments> containers() {
        Map<String, Object> nested = new LinkedHashMap<>();
        nested.put("x", Arrays.asList(1, null, List.of()));
        nested.put("y", Map.of());
        return Stream.of(
                Arguments.of(nested, "{\"x\":[1,null,[]],\"y\":{}}"),
                Arguments.of(new ArrayDeque<>(List.of(1, 2)), "[1,2]"),
                Arguments.of(new Object[] {"a", new Object[] {1}}, "[\"a\",[1]]"),
                Arguments.of(new String[] {"a"}, "[\"a\"]"),
                Arguments.of(new int[] {1, 2}, "[1,2]"),
                Arguments.of(new double[] {0.5}, "[0.5]"),
                Arguments.of(new boolean[] {true}, "[true]"),
                Arguments.of(Optional.of(List.of(1)), "[1]"),
                Arguments.of(Optional.empty(), "null"),
                Arguments.of(new Point(1, 2), "{\"x\":1,\"y\":2.0}"),
                Arguments.of(Row.json("{ \"a\" : 1 }"), "{ \"a\" : 1 }"));
    }

    private static Stream<Arguments> times() {
        LocalDateTime local = LocalDateTime.of(2026, 1, 2, 3, 4, 0, 120);
        return Stream.of(
                Arguments.of(Instant.parse("2026-01-02T03:04:05.123456789Z"), "\"2026-01-02T03:04:05.123456789Z\""),
                Arguments.of(local, "\"2026-01-02T03:04:00.00000012\""),
                Arguments.of(LocalDateTime.of(2026, 1, 2, 3, 0), "\"2026-01-02T03:00:00\""),
                Arguments.of(LocalDate.of(-1, 1, 2), "\"-0001-01-02\""),
                Arguments.of(LocalTime.of(3, 0), "\"03:00:00\""),
                Arguments.of(OffsetDateTime.of(local, ZoneOffset.ofHours(2)), "\"2026-01-02T03:04:00.00000012+02:00\""),
                Arguments.of(OffsetTime.of(LocalTime.of(3, 0, 1), ZoneOffset.UTC), "\"03:00:01Z\""),
                Arguments.of(
                        ZonedDateTime.of(local, ZoneId.of("Europe/Berlin")), "\"2026-01-02T03:04:00.00000012+01:00\""),
                Arguments.of(Duration.ofMillis(1_500), "\"PT1.5S\""),
                Arguments.of(Period.ofMonths(3), "\"P3M\""),
                Arguments.of(Year.of(2026), "\"2026\""),
                Arguments.of(YearMonth.of(2026, 1), "\"2026-01\""),
                Arguments.of(MonthDay.of(1, 2), "\"--01-02\""),
                Arguments.of(DayOfWeek.MONDAY, "\"MONDAY\""),
                Arguments.of(ZoneOffset.ofHours(1), "\"+01:00\""));
    }

    private static Stream<Arguments> oldTimes() {
        Timestamp timestamp = Timestamp.from(Instant.parse("2026-01-02T03:04:05.123456789Z"));
        return Stream.of(
                Arguments.of(new Date(1_234), "\"1970-01-01T00:00:01.234Z\""),
                Arguments.of(timestamp, "\"2026-01-02T03:04:05.123456789Z\""),
                Arguments.of(java.sql.Date.valueOf("2026-01-02"), "\"2026-01-02\""),
                Arguments.of(java.sql.Time.valueOf("03:04:05"), "\"03:04:05\""));
    }

    @ParameterizedTest
    @MethodSource("values")
    void writes_each_type_of_value(Object value, String json) {
        assertThat(text(row("f", value))).isEqualTo("{\"f\":" + json + "}");
    }

    @Test
    void writes_instants_as_java_does() {
        Random random = new Random(5);
        long[] units = {1, 1_000, 1_000_000, 1_000_000_000};
        List<Instant> instants = new ArrayList<>(List.of(
                Instant.MIN,
                Instant.MAX,
                Instant.EPOCH,
                Instant.parse("-0001-12-31T23:59:59.999999999Z"),
                Instant.parse("0000-01-01T00:00:00Z"),
                Instant.parse("9999-12-31T23:59:59.999999999Z"),
                Instant.parse("+10000-01-01T00:00:00Z"),
                Instant.parse("2024-02-29T00:00:00.000000001Z")));
        for (int i = 0; i < 5_000; i++) {
            long unit = units[random.nextInt(units.length)];
            instants.add(Instant.ofEpochSecond(random.nextLong() >> 26, random.nextInt(1_000_000_000) / unit * unit));
        }
        for (Instant instant : instants) {
            assertThat(text(row("f", instant))).isEqualTo("{\"f\":\"" + instant + "\"}");
        }
    }

    @Test
    void gives_back_a_row_as_it_is() {
        Row row = Row.json("{}");
        assertThat(RowMapper.standard().map(row)).isSameAs(row);
    }

    @Test
    void keeps_the_order_of_the_map() {
        Map<String, Object> map = new LinkedHashMap<>();
        Stream.of("z", "a", "m").forEach(name -> map.put(name, 1));
        assertThat(text(map)).isEqualTo("{\"z\":1,\"a\":1,\"m\":1}");
    }

    @Test
    void changes_nothing_when_the_map_changes_later() {
        List<Object> list = new ArrayList<>(List.of(1));
        byte[] bytes = {1};
        Map<String, Object> map = new LinkedHashMap<>(Map.of("list", list));
        map.put("bytes", bytes);
        Row row = RowMapper.standard().map(map);
        list.add(2);
        bytes[0] = 9;
        map.clear();
        assertThat(new String(row.toBytes(), StandardCharsets.UTF_8)).isEqualTo("{\"list\":[1],\"bytes\":\"AQ==\"}");
    }

    static Stream<Arguments> notNumbers() {
        DoubleAdder nan = new DoubleAdder();
        nan.add(Double.NaN);
        return Stream.of(
                Arguments.of(Double.NaN, "f"),
                Arguments.of(Float.NEGATIVE_INFINITY, "f"),
                Arguments.of(nan, "f"),
                Arguments.of(List.of(1, Map.of("x", Double.POSITIVE_INFINITY)), "f[1].x"),
                Arguments.of(new double[] {1, Double.NaN}, "f[1]"),
                Arguments.of(List.of(List.of(new float[] {Float.NaN})), "f[0][0][0]"),
                Arguments.of(Map.of("p", new Point(1, Double.NaN)), "f.p.y"),
                Arguments.of(Optional.of(Double.NaN), "f"));
    }

    @ParameterizedTest
    @MethodSource("notNumbers")
    void names_the_field_when_a_number_is_none(Object value, String path) {
        refuses(row("f", value), path, "JSON has no number for");
    }

    @Test
    void refuses_cycles_of_maps_lists_arrays_and_beans() {
        Map<String, Object> map = new HashMap<>();
        map.put("me", map);
        List<Object> list = new ArrayList<>();
        list.add(list);
        Object[] array = new Object[1];
        array[0] = array;
        refuses(map, "me.me.me.me.me.me.me.me.me.me", "nested more than 10 levels deep (or contains itself)");
        refuses(row("l", list), "l[0][0][0][0][0][0][0][0][0]", "or contains itself");
        refuses(row("a", array), "a[0][0][0][0][0][0][0][0][0]", "or contains itself");
        assertThatThrownBy(() -> text(row("n", new Node()))).isInstanceOf(InvalidRowException.class);
    }

    static final class Node {
        public List<Node> getChildren() {
            return List.of(this);
        }
    }

    @Test
    void takes_ten_levels_and_refuses_the_eleventh() {
        assertThat(text(nested(9, 1))).hasSize(6 * 10 + 1);
        refuses(nested(10, 1), "f.f.f.f.f.f.f.f.f.f", "nested more than 10 levels");
        refuses(nested(9, List.of()), "f.f.f.f.f.f.f.f.f.f", "nested more than 10 levels");
    }

    @Test
    void counts_the_levels_of_records_and_rows_within_maps() {
        assertThat(text(nested(8, new Point(1, 2)))).contains("{\"x\":1,\"y\":2.0}");
        refuses(nested(9, new Point(1, 2)), "f.f.f.f.f.f.f.f.f.f", "nested more than 10 levels");
        refuses(nested(8, Row.json("{\"r\":[]}")), "f.f.f.f.f.f.f.f.f.r", "nested more than 10 levels");
        refuses(nested(9, new int[0]), "f.f.f.f.f.f.f.f.f.f", "nested more than 10 levels");
    }

    /** A value below so many maps more than the one that is the row. */
    private static Map<String, Object> nested(int maps, Object value) {
        return maps == 0 ? row("f", value) : row("f", nested(maps - 1, value));
    }

    @Test
    void refuses_names_that_are_no_strings() {
        refuses(Map.of(1, "a"), "", "a field's name must be a String, this one is java.lang.Integer");
        refuses(row("f", Collections.singletonMap(null, 1)), "f", "this one is null");
    }

    @Test
    void names_the_field_when_text_has_half_of_a_surrogate_pair() {
        refuses(row("f", List.of("ok", "SECRET\uD800")), "f[1]", "half of a surrogate pair");
        refuses(row("f", new Point[] {null, null}, "g", Map.of("\uDC00", 1)), "g.\uDC00", "half of a surrogate pair");
    }

    @Test
    void takes_a_field_of_one_million_bytes_and_refuses_one_more() {
        String fits = "x".repeat(Row.MAX_FIELD_BYTES - 2);
        assertThat(RowMapper.standard().map(row("a", fits)).size()).isEqualTo(1_000_006);
        refuses(row("a", fits + "x"), "a", "has 1000001 bytes of JSON, at most 1000000");
        refuses(row("a", List.of(fits)), "a", "has 1000002 bytes");
    }

    @Test
    void names_the_type_when_jackson_cannot_write_a_value() {
        refuses(row("f", List.of(new Object())), "f[0]", "a java.lang.Object cannot be written as JSON");
    }

    private static Map<String, Object> row(Object... namesAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            map.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return map;
    }

    private static String text(Object value) {
        return new String(RowMapper.standard().map(value).toBytes(), StandardCharsets.UTF_8);
    }

    private static void refuses(Object value, String path, String problem) {
        assertThatThrownBy(() -> text(value))
                .isInstanceOfSatisfying(
                        InvalidRowException.class, e -> assertThat(e.path()).isEqualTo(path))
                .hasMessageContaining(problem)
                .hasMessageNotContaining("SECRET")
                .hasNoCause();
    }
}
