package dev.sluice.row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
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
        for (Object value : new Object[] {"SECRET", 1, List.of(1), null}) {
            assertThatThrownBy(() -> text(value))
                    .isInstanceOf(InvalidRowException.class)
                    .hasMessageContaining("must be one JSON object")
                    .hasMessageNotContaining("SECRET");
        }
    }

    private static String text(Object value) {
        return new String(RowMapper.standard().map(value).toBytes(), StandardCharsets.UTF_8);
    }
}
