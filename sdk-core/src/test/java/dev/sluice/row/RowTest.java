package dev.sluice.row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RowTest {
    private static AbstractThrowableAssert<?, ?> refused(String json) {
        return assertThatThrownBy(() -> Row.json(json)).isInstanceOf(InvalidRowException.class);
    }

    private static String nested(int depth) {
        return "{\"a\":".repeat(depth) + "1" + "}".repeat(depth);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", " {\"a\" : [1, {\"b\":null}]}\n", "{\"é\":\"漢😀\\u00e9\"}", "{\"\":-0.0e+5}"})
    void keeps_json_as_it_was_written(String json) {
        assertThat(Row.json(json).toBytes()).isEqualTo(json.getBytes(StandardCharsets.UTF_8));
        assertThat(Row.json(json.getBytes(StandardCharsets.UTF_8)).toBytes())
                .isEqualTo(json.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource({"[], ARRAY", "1, NUMBER_INT", "'\"a\"', STRING", "null, NULL", "true, TRUE", "' ', nothing"})
    void refuses_what_is_no_object(String json, String found) {
        refused(json).hasMessage("row: must be one JSON object, found " + found);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{} {}", "{},", "{}]", "{\"a\":1}x", "{}1"})
    void refuses_more_json_behind_the_end(String json) {
        refused(json);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "{\"a\"}",
                "{\"a\":}",
                "{a:1}",
                "{\"a\":01}",
                "{\"a\":1,}",
                "{\"a\":\"\n\"}",
                "{'a':1}",
                "{\"a\":tru}"
            })
    void refuses_what_is_not_well_formed(String json) {
        refused(json).hasMessageContaining("not well-formed JSON");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"a\":1,\"a\":2}", "{\"a\":1,\"\\u0061\":2}", "{\"x\":[{\"a\":1,\"a\":1}]}"})
    void refuses_a_name_that_comes_twice(String json) {
        refused(json).hasMessageContaining("names a field twice");
    }

    @Test
    void takes_ten_levels_and_refuses_the_eleventh() {
        assertThat(Row.json(nested(10)).size()).isEqualTo(61);
        refused(nested(11)).hasMessageContaining("field a.a.a.a.a.a.a.a.a.a: is nested more than 10 levels");
    }

    @Test
    void names_array_places_when_arrays_are_too_deep() {
        refused("{\"a\":[0,[[[[[[[[[1]]]]]]]]]]}")
                .hasMessageContaining("field a[1][0][0][0][0][0][0][0][0]: is nested");
    }

    @Test
    void survives_any_depth() {
        refused("{\"a\":" + "[".repeat(200_000)).hasMessageContaining("nested more than 10 levels");
    }

    @Test
    void takes_a_string_of_exactly_one_million_bytes_and_refuses_one_more() {
        String fits = "x".repeat(Row.MAX_FIELD_BYTES - 2);
        assertThat(Row.json("{\"a\":\"" + fits + "\",\"b\":1}").size()).isEqualTo(1_000_012);
        refused("{\"b\":1,\"a\":\"" + fits + "x\"}")
                .hasMessage("row, field a: has 1000001 bytes of JSON, at most 1000000 are allowed in a field");
    }

    @Test
    void counts_bytes_and_not_characters_when_a_field_is_measured() {
        refused("{\"a\":\"" + "é".repeat(500_000) + "\"}").hasMessageContaining("has 1000002 bytes");
    }

    @Test
    void measures_arrays_and_objects_and_numbers_as_whole_fields() {
        String items = "10,".repeat(333_332) + "1";
        assertThat(Row.json("{\"a\":[" + items + "]}")).isNotNull();
        refused("{\"a\":[" + items + "000]}").hasMessageContaining("field a: has 1000002 bytes");
        assertThat(Row.json("{\"a\":" + "1".repeat(1_000_000) + "}")).isNotNull();
        refused("{\"a\":" + "1".repeat(1_000_001) + "}").hasMessageContaining("field a: has 1000001 bytes");
    }

    @Test
    void takes_numbers_of_more_than_a_thousand_digits() {
        String json = "{\"a\":" + "7".repeat(5_000) + ",\"b\":0." + "3".repeat(5_000) + "}";
        assertThat(Row.json(json).toBytes()).isEqualTo(json.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"NaN", "Infinity", "-Infinity"})
    void refuses_numbers_that_json_does_not_have(String token) {
        refused("{\"a\":[1,{\"b\":" + token + "}]}")
                .hasMessage("row, field a[1].b: JSON has no number for NaN and the infinities");
    }

    @Test
    void refuses_text_with_half_of_a_surrogate_pair() {
        refused("{\"a\":\"\uD800\"}").hasMessageContaining("half of a surrogate pair");
    }

    @ParameterizedTest
    @CsvSource({
        "'{\"a\":[1,{\"b\":\"x\\ud800\"}]}', 'row, field a[1].b: character 1 is half of a surrogate pair'",
        "'{\"a\":\"\\udc00\\ud800\"}', 'row, field a: character 0 is half of a surrogate pair'",
        "'{\"a\":\"\\uD83Dx\"}', 'row, field a: character 0 is half of a surrogate pair'",
        "'{\"a\":{\"\\ud83d\":1}}', 'not well-formed'"
    })
    void refuses_half_of_a_surrogate_pair_that_is_written_as_an_escape(String json, String problem) {
        refused(json).hasMessageContaining(problem);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"a\":\"\\ud83d\\ude00\"}", "{\"\\uD83D\\uDE00\":1}", "{\"a\":\"\\\\ud800\"}"})
    void takes_whole_surrogate_pairs_that_are_written_as_escapes(String json) {
        assertThat(Row.json(json).toBytes()).isEqualTo(json.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void refuses_bytes_that_are_not_utf8() {
        byte[][] wrong = {
            "{\"a\":\"é\"}".getBytes(StandardCharsets.ISO_8859_1),
            "{\"a\":1}".getBytes(StandardCharsets.UTF_16),
            "{\"a\":1}".getBytes(StandardCharsets.UTF_16LE),
            "{\"a\":1}".getBytes(StandardCharsets.UTF_16BE),
            {'{', '"', (byte) 0xC0, (byte) 0x80, '"', ':', '1', '}'},
            {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF, '{', '}'}
        };
        for (byte[] bytes : wrong) {
            assertThatThrownBy(() -> Row.json(bytes)).isInstanceOf(InvalidRowException.class);
        }
    }

    @Test
    void tells_no_value_when_it_refuses() {
        InvalidRowException e =
                catchThrowableOfType(InvalidRowException.class, () -> Row.json("{\"a\":\"SECRET\",\"b\":SECRET}"));
        assertThat(e).hasMessageNotContaining("SECRET").hasNoCause();
        assertThat(Row.json("{\"a\":\"SECRET\"}")).hasToString("Row(14 bytes)");
    }

    @Test
    void keeps_its_bytes_when_arrays_outside_change() {
        byte[] json = "{\"a\":1}".getBytes(StandardCharsets.UTF_8);
        Row row = Row.json(json);
        json[5] = '2';
        row.toBytes()[5] = '3';
        assertThat(row.toBytes()).isEqualTo("{\"a\":1}".getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource({
        "1,1.0",
        "1,1e0",
        "100,1E2",
        "0,-0",
        "0,0.000",
        "-1.50,-1.5",
        "12345678901234567890,12345678901234567890.0",
        "'\"a\"','\"\\u0061\"'",
        "'\"/\"','\"\\/\"'",
        "true,true"
    })
    void finds_equal_keys_equal(String one, String other) {
        assertThat(key(one)).isPresent().isEqualTo(key(other));
    }

    @ParameterizedTest
    @CsvSource({"1,'\"1\"'", "1,2", "true,'\"true\"'", "true,false", "'\"a\"','\"A\"'", "0.1,0.10000000000000000001"})
    void tells_different_keys_apart(String one, String other) {
        assertThat(key(one)).isNotEqualTo(key(other));
    }

    @Test
    void has_no_key_when_the_field_is_missing_or_null() {
        assertThat(key("null")).isEmpty();
        assertThat(Row.json("{\"a\":{\"id\":1},\"b\":[{\"id\":1}]}").key("id")).isEmpty();
        assertThat(Row.json("{\"a\":{\"id\":1},\"id\":2}").key("id")).contains("2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "[1]", "1e99999999999"})
    void refuses_what_cannot_be_a_key(String value) {
        assertThatThrownBy(() -> key(value))
                .isInstanceOf(InvalidRowException.class)
                .hasMessageContaining("field id: a key");
    }

    private static Optional<String> key(String value) {
        return Row.json("{\"x\":[1,{\"y\":2}],\"id\":" + value + "}").key("id");
    }
}
