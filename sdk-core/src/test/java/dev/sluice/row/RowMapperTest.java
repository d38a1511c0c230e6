package dev.sluice.row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RowMapperTest {
    private static final RowMapper STANDARD = RowMapper.standard();
    private static final ObjectMapper SNAKE =
            new ObjectMapper().setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE);

    record Mixed(@Nullable Object first, Map<String, Object> more, List<Object> list, double wide) {}

    record Big(String before, Object big) {}

    record Person(String lastName) {}

    private final Random random = new Random(7);
    private final JsonWriter out = new JsonWriter(0);

    private static String text(JsonWriter out) {
        return new String(out.copy(0, out.size()), StandardCharsets.UTF_8);
    }

    @Test
    void writes_the_bytes_of_map_behind_commas_when_rows_are_random() {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            Object row = row();
            rows.add(new String(STANDARD.map(row).toBytes(), StandardCharsets.UTF_8));
            STANDARD.write(row, out);
        }
        assertThat(text(out)).isEqualTo(String.join(",", rows));
    }

    private Object row() {
        return switch (random.nextInt(3)) {
            case 0 -> map(3);
            case 1 -> STANDARD.map(map(1));
            default -> new Mixed(value(2), map(2), Arrays.asList(value(2), value(1)), random.nextGaussian());
        };
    }

    private Map<String, Object> map(int levels) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int fields = random.nextInt(25); fields > 0; fields--) {
            map.put(string(), value(levels));
        }
        return map;
    }

    private @Nullable Object value(int levels) {
        return switch (random.nextInt(levels == 0 ? 8 : 11)) {
            case 0 -> string();
            case 1 -> random.nextLong() >> random.nextInt(64);
            case 2 -> random.nextInt(2_000_000) / 1000.0;
            case 3 -> random.nextBoolean();
            case 4 -> Instant.ofEpochSecond(random.nextInt(), random.nextInt(1000) * 1_000_000L);
            case 5 -> new BigDecimal(random.nextInt()).movePointLeft(random.nextInt(12));
            case 6 -> Optional.of(new byte[random.nextInt(5)]);
            case 7 -> null;
            case 8 -> Arrays.asList(value(levels - 1), value(levels - 1));
            case 9 -> new Mixed(value(levels - 1), Map.of(), List.of(), 0.1);
            default -> map(levels - 1);
        };
    }

    private String string() {
        return random.ints(random.nextInt(8), 0x1F, 0x7F)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .append(random.nextInt(4) == 0 ? "\u00e9\uD83D\uDE00" : "")
                .toString();
    }

    static List<Object> wrong() {
        Map<String, Object> late = new LinkedHashMap<>(Map.of("a", "written already"));
        late.put("b", Double.NaN);
        Object broken = new Object() {
            @SuppressWarnings("unused")
            public String getA() {
                throw new IllegalStateException();
            }
        };
        return List.of(late, new Mixed("a", Map.of(), List.of(Double.NaN), 1), broken, "text", List.of(1));
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void leaves_the_writer_as_it_was_when_a_row_is_refused(Object row) {
        STANDARD.write(Map.of("n", 1), out);
        assertThatThrownBy(() -> STANDARD.write(row, out)).isInstanceOf(InvalidRowException.class);
        STANDARD.write(Map.of("n", 2), out);
        assertThat(text(out)).isEqualTo("{\"n\":1},{\"n\":2}");
    }

    @Test
    void keeps_nothing_of_the_last_record_when_the_buffer_is_used_again() {
        STANDARD.write(new Person("a"), out);
        assertThatThrownBy(() -> STANDARD.write("no object", out)).isInstanceOf(InvalidRowException.class);
        STANDARD.write(new Person("b"), out);
        assertThatThrownBy(() -> STANDARD.write(new Big("c", Double.NaN), out)).hasMessageContaining("field big");
        STANDARD.write(new Big("d".repeat(Row.MAX_FIELD_BYTES - 2), 1), out.truncate(0));
        STANDARD.write(new Person("e"), out.truncate(0));
        assertThat(text(out)).isEqualTo("{\"lastName\":\"e\"}");
    }

    @Test
    void passes_on_what_the_callers_own_collection_throws() {
        List<Object> broken = new AbstractList<>() {
            @Override
            public Object get(int index) {
                throw new NumberFormatException("For input string: a value");
            }

            @Override
            public int size() {
                return 1;
            }
        };
        assertThatThrownBy(() -> STANDARD.map(Map.of("f", broken))).isExactlyInstanceOf(NumberFormatException.class);
    }

    @Test
    void measures_fields_alike_when_other_rows_stand_before() {
        String fits = "x".repeat(Row.MAX_FIELD_BYTES - 2);
        for (int i = 0; i < 2; i++) {
            STANDARD.write(Map.of("big", fits), out);
            STANDARD.write(new Big(fits, fits), out);
            STANDARD.write(new Big("", List.of("x".repeat(Row.MAX_FIELD_BYTES - 4))), out);
            for (Object row : List.of(Map.of("big", fits + "x"), new Big("", fits + "x"), new Big("", List.of(fits)))) {
                assertThatThrownBy(() -> STANDARD.write(row, out))
                        .hasMessageMatching("row, field big: has 100000[12] bytes of JSON, at most 1000000 .*");
            }
        }
    }

    @Test
    void writes_what_a_mapper_of_ones_own_maps() {
        RowMapper own = value -> Row.json("{\"n\":" + value + "}");
        own.write(1, out);
        own.write(2, out);
        assertThatThrownBy(() -> own.write("x", out)).isInstanceOf(InvalidRowException.class);
        assertThat(text(out)).isEqualTo("{\"n\":1},{\"n\":2}");
    }

    @Test
    void takes_the_json_that_another_encoder_makes() {
        RowMapper mapper = RowMapper.json(SNAKE::writeValueAsBytes);
        mapper.write(new Person("A"), out);
        mapper.write(Map.of("n", 1), out);
        assertThat(text(out)).isEqualTo("{\"last_name\":\"A\"},{\"n\":1}");
    }

    @Test
    void lets_rows_pass_an_encoder_as_they_are() {
        Row row = Row.json("{}");
        RowMapper mapper = RowMapper.json(value -> {
            throw new AssertionError(value);
        });
        assertThat(mapper.map(row)).isSameAs(row);
    }

    @Test
    void checks_what_an_encoder_makes() {
        for (String json : List.of("[]", "{\"a\":NaN}", "{\"a\":1}{}", "{\"a\":1,\"a\":1}", "{\"a\":\"\\ud800\"}")) {
            RowMapper mapper = RowMapper.json(value -> json.getBytes(StandardCharsets.UTF_8));
            assertThatThrownBy(() -> mapper.map("SECRET"))
                    .isInstanceOf(InvalidRowException.class)
                    .hasMessageNotContaining("SECRET");
        }
    }

    @Test
    void tells_types_and_no_value_when_an_encoder_fails() {
        RowMapper mapper = RowMapper.json(value -> {
            throw new java.io.IOException("cannot write " + value);
        });
        assertThatThrownBy(() -> mapper.map("SECRET"))
                .isInstanceOf(InvalidRowException.class)
                .hasMessage("row: a java.lang.String cannot be written as JSON (java.io.IOException)")
                .hasNoCause();
    }

    @Test
    @SuppressWarnings("NullAway")
    void refuses_an_encoder_that_gives_null() {
        assertThatThrownBy(() -> RowMapper.json(value -> null).map("SECRET"))
                .isInstanceOf(InvalidRowException.class)
                .hasMessage("row: a java.lang.String cannot be written as JSON (the encoder gave null)");
    }
}
