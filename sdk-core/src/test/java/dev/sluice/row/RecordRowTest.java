package dev.sluice.row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RecordRowTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:00.123456789Z");
    private static final OffsetDateTime OFFSET = NOW.atOffset(ZoneOffset.ofHours(-3));

    record Plain(
            String text,
            long whole,
            float real,
            double wide,
            BigDecimal exact,
            BigInteger big,
            boolean yes,
            UUID id,
            byte[] bytes,
            Object none) {}

    record Times(
            Instant instant,
            LocalDate date,
            LocalDateTime local,
            LocalTime time,
            OffsetDateTime offset,
            OffsetTime offsetTime,
            ZonedDateTime zoned,
            Duration duration,
            Period period,
            Year year,
            YearMonth month) {}

    record OldTimes(Date date, Timestamp timestamp, java.sql.Date day, java.sql.Time time) {}

    record Nested(
            Map<String, Object> map,
            List<Optional<String>> list,
            Optional<Integer> some,
            Optional<Integer> none,
            Thread.State state,
            int[] array) {}

    record Priced(String name, List<Amount> amounts) {}

    record Amount(double value) {}

    record Broken(String secret) {
        @JsonProperty
        String fails() {
            throw new IllegalStateException(secret);
        }
    }

    record Formatted(
            @JsonFormat(shape = JsonFormat.Shape.STRING, pattern = "yyyy", timezone = "UTC")
            Date year) {}

    static final class Bean {
        @JsonProperty("renamed")
        public int first = 1;

        @JsonIgnore
        public String hidden = "SECRET";

        public String getName() {
            return "n";
        }
    }

    static final class Twice {
        public int a = 1;

        @JsonAnyGetter
        public Map<String, Object> more() {
            return Map.of("a", 2);
        }
    }

    @Test
    void gives_the_bytes_of_an_equal_map_for_plain_values() {
        sameAsMap(new Plain(
                "a\"\u0001\u001f\u007fé😀",
                -5,
                123.456f,
                1e21,
                new BigDecimal("1E+3"),
                BigInteger.TEN.pow(40),
                true,
                new UUID(1, 2),
                new byte[] {-1, 2},
                null));
    }

    @Test
    void gives_the_bytes_of_an_equal_map_for_times() {
        sameAsMap(new Times(
                NOW,
                OFFSET.toLocalDate(),
                OFFSET.toLocalDateTime(),
                OFFSET.toLocalTime(),
                OFFSET,
                OFFSET.toOffsetTime(),
                OFFSET.toZonedDateTime(),
                Duration.ofMillis(1_500),
                Period.ofDays(1),
                Year.of(2026),
                YearMonth.of(2026, 1)));
        OffsetDateTime whole = OffsetDateTime.parse("2026-01-02T03:00:00Z");
        sameAsMap(new Times(
                whole.toInstant(),
                whole.toLocalDate(),
                whole.toLocalDateTime(),
                whole.toLocalTime(),
                whole,
                whole.toOffsetTime(),
                whole.toZonedDateTime(),
                Duration.ZERO,
                Period.ZERO,
                Year.of(-5),
                YearMonth.of(12345, 1)));
    }

    @Test
    void gives_the_bytes_of_an_equal_map_for_dates() {
        sameAsMap(new OldTimes(
                new Date(1_234),
                Timestamp.from(NOW),
                java.sql.Date.valueOf("2026-01-02"),
                java.sql.Time.valueOf("03:04:05")));
    }

    @Test
    void gives_the_bytes_of_an_equal_map_for_what_is_nested() {
        sameAsMap(new Nested(
                Map.of("a", 1),
                List.of(Optional.of("x"), Optional.empty()),
                Optional.of(4),
                Optional.empty(),
                Thread.State.NEW,
                new int[] {1}));
    }

    private static void sameAsMap(Record row) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (RecordComponent part : row.getClass().getRecordComponents()) {
            try {
                map.put(part.getName(), part.getAccessor().invoke(row));
            } catch (ReflectiveOperationException e) {
                throw new AssertionError(e);
            }
        }
        assertThat(text(row)).isEqualTo(text(map));
    }

    @Test
    void respects_the_annotations_of_a_bean() {
        assertThat(text(new Bean()))
                .contains("\"renamed\":1")
                .contains("\"name\":\"n\"")
                .doesNotContain("SECRET");
        assertThat(text(new Formatted(new Date(0)))).isEqualTo("{\"year\":\"1970\"}");
    }

    @Test
    void names_the_field_when_a_number_is_none() {
        assertThatThrownBy(() -> text(new Priced("SECRET", List.of(new Amount(1), new Amount(Double.NaN)))))
                .isInstanceOf(InvalidRowException.class)
                .hasMessage("row, field amounts[1].value: JSON has no number for NaN and the infinities");
    }

    @Test
    void tells_no_value_when_a_getter_fails() {
        assertThatThrownBy(() -> text(new Broken("SECRET")))
                .isInstanceOf(InvalidRowException.class)
                .hasMessageContaining("field fails: a " + Broken.class.getName() + " cannot be written")
                .hasMessageNotContaining("SECRET")
                .hasNoCause();
    }

    @Test
    void refuses_a_bean_that_names_a_field_twice() {
        assertThatThrownBy(() -> text(new Twice())).hasMessageContaining("names a field twice");
    }

    @Test
    void refuses_what_is_no_object() {
        for (Object value : new Object[] {"SECRET", 1, List.of(1), List.of(new Amount(1)), null}) {
            assertThatThrownBy(() -> text(value))
                    .isInstanceOf(InvalidRowException.class)
                    .hasMessageContaining("must be one JSON object")
                    .hasMessageNotContaining("SECRET");
        }
    }

    private static String text(Object value) {
        return new String(RowMapper.standard().map(value).toBytes(), StandardCharsets.UTF_8);
    }

    record Deep(@Nullable Deep in) {}

    record Many(@JsonAnyGetter Map<String, Object> more, int last) {}

    record Keyed(List<Map<?, ?>> maps) {}

    record Raw(int n, @JsonRawValue String raw, int m) {}

    record Stamped(
            Instant plain,
            @JsonFormat(shape = JsonFormat.Shape.NUMBER) Instant number,
            @JsonFormat(pattern = "yyyy", timezone = "UTC") Instant year) {}

    @JsonSerialize(using = CallsSerializer.class)
    record Calls(List<String> list) {}

    record Odd(Calls calls, int after) {}

    /** Calls the generator as it is told to. */
    static final class CallsSerializer extends JsonSerializer<Calls> {
        @Override
        public void serialize(Calls calls, JsonGenerator out, SerializerProvider provider) throws IOException {
            for (String call : calls.list()) {
                switch (call) {
                    case "{" -> out.writeStartObject();
                    case "}" -> out.writeEndObject();
                    case "]" -> out.writeEndArray();
                    case "name" -> out.writeFieldName("name");
                    case "1" -> out.writeNumber("1");
                    case "NaN" -> out.writeNumber("NaN");
                    case "raw" -> out.writeRaw("SECRET");
                    case "utf8" -> out.writeUTF8String("\u00e9\"".getBytes(StandardCharsets.UTF_8), 0, 3);
                    case "reader" -> out.writeString(new StringReader("abc"), 2);
                    case "stream" -> out.writeBinary(new ByteArrayInputStream(new byte[] {1, 2, 3}), 2);
                    default -> out.writePOJO(new Amount(1));
                }
            }
        }
    }

    private static String odd(String... calls) {
        return text(new Odd(new Calls(List.of(calls)), 2));
    }

    @Test
    void takes_whatever_whole_value_a_serializer_writes() {
        assertThat(odd("1")).isEqualTo("{\"calls\":1,\"after\":2}");
        assertThat(odd("utf8")).contains("\"calls\":\"\u00e9\\\"\",");
        assertThat(odd("reader")).contains("\"calls\":\"ab\",");
        assertThat(odd("stream")).contains("\"calls\":\"AQI=\",");
        assertThat(odd("{", "name", "pojo", "}")).contains("\"calls\":{\"name\":{\"value\":1.0}},");
    }

    @Test
    void refuses_a_serializer_that_does_not_write_one_whole_value() {
        String[][] wrong = {
            {},
            {"{"},
            {"}"},
            {"]"},
            {"{", "name", "}"},
            {"1", "1"},
            {"name"},
            {"raw"},
            {"1", "raw"},
            {"NaN"},
            {"{", "1"}
        };
        for (String[] calls : wrong) {
            for (Object row :
                    List.of(new Odd(new Calls(List.of(calls)), 2), Map.of("calls", new Calls(List.of(calls))))) {
                assertThatThrownBy(() -> text(row))
                        .isInstanceOf(InvalidRowException.class)
                        .hasMessageNotContaining("SECRET")
                        .hasNoCause();
            }
        }
    }

    @Test
    void counts_the_levels_of_records() {
        Deep deep = null;
        for (int levels = 0; levels < Row.MAX_DEPTH; levels++) {
            deep = new Deep(deep);
        }
        assertThat(text(deep)).endsWith("{\"in\":null" + "}".repeat(10));
        Deep deeper = new Deep(deep);
        assertThatThrownBy(() -> text(deeper))
                .hasMessage("row, field " + "in.".repeat(9)
                        + "in: is nested more than 10 levels deep (or contains itself)");
    }

    @Test
    void finds_a_name_that_comes_twice_among_few_and_many() {
        for (int names : new int[] {0, 14, 15, 16, 17, 100}) {
            Map<String, Object> more = new LinkedHashMap<>();
            IntStream.range(0, names).forEach(i -> more.put("n" + i, new Amount(i)));
            assertThat(text(new Many(more, 1))).contains("\"last\":1");
            more.put("last", 2);
            assertThatThrownBy(() -> text(new Many(more, 1)))
                    .hasMessage("row, field last: comes a second time; no object names a field twice");
        }
    }

    @Test
    void refuses_keys_of_maps_that_are_no_strings() {
        Map<Object, Integer> late = new LinkedHashMap<>(Map.of("a", 1));
        late.put(7, 1);
        assertThatThrownBy(() -> text(new Keyed(List.of(Map.of("a", 1), late))))
                .isInstanceOf(InvalidRowException.class)
                .hasMessage("row, field maps[1]: a field's name must be a String, this one is java.lang.Integer")
                .hasNoCause();
    }

    @Test
    void checks_raw_json_within_a_record() {
        assertThat(text(new Raw(1, "{\"a\" : [1]}", 2))).isEqualTo("{\"n\":1,\"raw\":{\"a\" : [1]},\"m\":2}");
        assertThatThrownBy(() -> text(new Raw(1, "{\"a\":[NaN]}", 2)))
                .hasMessage("row, field raw.a[0]: JSON has no number for NaN and the infinities");
        for (String raw : List.of("", "1,2", "{\"a\":1,\"a\":1}", "[".repeat(10) + "]".repeat(10), "1} SECRET")) {
            assertThatThrownBy(() -> text(new Raw(1, raw, 2)))
                    .isInstanceOf(InvalidRowException.class)
                    .hasMessageStartingWith("row, field raw")
                    .hasMessageNotContaining("SECRET");
        }
    }

    @Test
    void names_the_field_when_text_has_half_of_a_surrogate_pair() {
        assertThatThrownBy(() -> text(new Priced("SECRET\uD800", List.of())))
                .hasMessage("row, field name: character 6 is half of a surrogate pair")
                .hasNoCause();
    }

    @Test
    void respects_the_format_that_an_annotation_asks_for() {
        assertThat(text(new Stamped(NOW, NOW, NOW)))
                .isEqualTo("{\"plain\":\"" + NOW + "\",\"number\":1767323040.123456789,\"year\":\"2026\"}");
    }
}
