package dev.sluice.row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyScanTest {
    private static Optional<String> scanned(byte[] json, String field) {
        return KeyScan.key(json, 0, json.length, field);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                " {\"id\" : 1 }",
                "{\"id\":\"\"}",
                "{\"id\":\"a\\\"b\"}",
                "{\"id\":\"\u00e9\uD83D\uDE00\"}",
                "{\"x\":\"\\\\\",\"id\":2}",
                "{\"x\":\"\\\"\",\"id\":2}",
                "{\"x\":\"id\",\"id\":-3}",
                "{\"x\":{\"id\":1},\"y\":[{\"id\":2},\"]}\"],\"id\":4}",
                "{\"x\":[ ] ,\"y\":{ },\n\"id\"\t:\r5\n}",
                "{\"x\":true,\"y\":null,\"z\":-1.5e+3,\"id\":false}",
                "{\"id\":null}",
                "{\"id\":100}",
                "{\"id\":0}",
                "{\"id\":-0}",
                "{\"id\":1.50}",
                "{\"id\":1e2,\"x\":1}",
                "{\"id\":12345678901234567890123}",
                "{\"\\u0069d\":6}",
                "{\"idx\":1,\"i\":2,\"\u00e9\":3}"
            })
    void finds_what_a_full_parse_finds(String text) {
        byte[] json = text.getBytes(StandardCharsets.UTF_8);
        assertThat(Row.json(json)).isNotNull();
        for (String field : new String[] {"id", "x", "\u00e9", "i", ""}) {
            assertThat(outcome(() -> scanned(json, field)))
                    .isEqualTo(outcome(() -> JsonScan.key(json, 0, json.length, field)));
        }
    }

    private static String outcome(java.util.function.Supplier<Optional<String>> search) {
        try {
            return search.get().toString();
        } catch (InvalidRowException e) {
            return e.getMessage();
        }
    }

    @Test
    void finds_what_a_full_parse_finds_when_keys_are_random() {
        Random random = new Random(3);
        for (int i = 0; i < 20_000; i++) {
            String key = ((random.nextLong() >> random.nextInt(64)) | 1) + "0".repeat(random.nextInt(3));
            String value = random.nextBoolean() ? key : '"' + key + '"';
            byte[] json = ("{\"x\":[1,{\"id\":2}],\"id\":" + value + "}").getBytes(StandardCharsets.UTF_8);
            assertThat(scanned(json, "id")).isEqualTo(JsonScan.key(json, 0, json.length, "id"));
        }
    }

    @Test
    void finds_the_key_of_the_row_written_last() {
        JsonWriter out = new JsonWriter(0);
        RowMapper.standard().write(Map.of("id", 1), out);
        int second = out.size();
        RowMapper.standard().write(Map.of("id", "b\""), out);
        assertThat(Row.key(out, second, "id")).contains("\"b\"");
        int third = out.size();
        RowMapper.standard().write(Map.of("other", 3), out);
        assertThat(Row.key(out, third, "id")).isEmpty();
        assertThatThrownBy(() -> Row.key(out, out.size(), "id")).isInstanceOf(IllegalArgumentException.class);
    }
}
