package dev.sluice.lake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.lake.LakeUnderTest.Reply;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WideningTest {
    @TempDir
    Path folder;

    LakeUnderTest server;

    @BeforeEach
    void start() {
        server = new LakeUnderTest(folder);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Reply put(String value) {
        Reply reply = server.append("{\"id\": 1, \"x\": " + value + "}");
        assertThat(reply.status()).as(reply.http().body()).isEqualTo(200);
        return reply;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "5                                        | BIGINT: 5",
                "-9223372036854775808                     | BIGINT: -9223372036854775808",
                "9223372036854775807                      | BIGINT: 9223372036854775807",
                "9223372036854775808                      | HUGEINT: 9223372036854775808",
                "-9223372036854775809                     | HUGEINT: -9223372036854775809",
                "170141183460469231731687303715884105727  | HUGEINT: 170141183460469231731687303715884105727",
                "-170141183460469231731687303715884105728 | HUGEINT: -170141183460469231731687303715884105728",
                "170141183460469231731687303715884105728  | VARCHAR: 170141183460469231731687303715884105728",
                "1.5                                      | DOUBLE: 1.5",
                "0.1                                      | DOUBLE: 0.1",
                "1.10                                     | DOUBLE: 1.1",
                "1e3                                      | DOUBLE: 1000.0",
                "12345678901234567890123.4567             | VARCHAR: 12345678901234567890123.4567",
                "0.12345678901234567890                   | VARCHAR: 0.12345678901234567890",
                "1e400                                    | VARCHAR: 1e400",
                "1e-400                                   | VARCHAR: 1e-400",
                "1e99999999999                            | VARCHAR: 1e99999999999",
                "true                                     | BOOLEAN: true",
                "\"\"                                     | `VARCHAR: `",
                "\"2026-01-01\"                           | VARCHAR: 2026-01-01",
                "\"\\ud83d\\ude00\"                       | VARCHAR: 😀",
                "[1, 1.10, 123456789012345678901.25]      | JSON: [1, 1.10, 123456789012345678901.25]",
                "{\"b\":1,\"a\":{\"é\":null}}             | JSON: {\"b\":1,\"a\":{\"é\":null}}",
                "null                                     | VARCHAR: null",
            })
    void gives_the_narrowest_exact_type_when_a_value_is_the_first(String value, String expected) {
        put(value);
        assertThat(server.columnX()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "5                   | 9223372036854775808 | HUGEINT: 5 9223372036854775808",
                "9223372036854775808 | 5                   | HUGEINT: 9223372036854775808 5",
                "5                   | 0.5                 | DOUBLE: 5.0 0.5",
                "0.5                 | 5                   | DOUBLE: 0.5 5.0",
                "9007199254740992    | 0.5                 | DOUBLE: 9007199254740992.0 0.5",
                "9007199254740993    | 0.5                 | VARCHAR: 9007199254740993 0.5",
                "0.5                 | 9007199254740993    | VARCHAR: 0.5 9007199254740993",
                "-9007199254740993   | 0.5                 | VARCHAR: -9007199254740993 0.5",
                "9223372036854775808 | 0.5                 | VARCHAR: 9223372036854775808 0.5",
                "5                   | 1e400               | VARCHAR: 5 1e400",
                "5                   | \"a\"               | VARCHAR: 5 a",
                "\"a\"               | 5.10                | VARCHAR: a 5.10",
                "true                | 1                   | VARCHAR: true 1",
                "1                   | true                | VARCHAR: 1 true",
                "[1]                 | 1                   | VARCHAR: [1] 1",
                "[1.10]              | \"a\"               | VARCHAR: [1.10] a",
                "\"a\"               | {\"k\":1}           | VARCHAR: a {\"k\":1}",
                "[1]                 | {\"k\":1}           | JSON: [1] {\"k\":1}",
                "5                   | null                | BIGINT: 5 null",
                "null                | 5                   | BIGINT: null 5",
                "null                | 0.5                 | DOUBLE: null 0.5",
                "null                | true                | BOOLEAN: null true",
                "null                | [1]                 | JSON: null [1]",
                "null                | \"a\"               | VARCHAR: null a",
            })
    void changes_no_value_when_a_column_gets_another_kind(String first, String second, String expected) {
        put(first);
        put(second);
        assertThat(server.columnX()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "5                | 0.5         | DOUBLE: 5.0 0.5",
                "9007199254740993 | 0.5         | VARCHAR: 9007199254740993 0.5",
                "1.10             | \"a\"       | VARCHAR: 1.10 a",
                "null             | 5           | BIGINT: null 5",
            })
    void changes_no_value_when_one_batch_mixes_kinds(String first, String second, String expected) {
        server.append("[{\"x\": " + first + "}, {\"x\": " + second + "}]");
        assertThat(server.columnX()).isEqualTo(expected);
    }

    @Test
    void keeps_a_column_free_when_it_has_only_held_nulls() {
        put("null");
        put("null");
        put("7");
        assertThat(server.columnX()).isEqualTo("BIGINT: null null 7");
    }

    @Test
    void widens_step_by_step_when_kinds_keep_coming() {
        put("5");
        put("9223372036854775808");
        put("[1]");
        put("true");
        assertThat(server.columnX()).isEqualTo("VARCHAR: 5 9223372036854775808 [1] true");
    }

    @Test
    void warns_once_when_a_column_becomes_text() {
        assertThat(put("5").warnings()).isEqualTo("[]");
        assertThat(put("\"a\"").warnings()).contains("column \\\"x\\\" of bronze.t is VARCHAR now");
        assertThat(put("6").warnings()).isEqualTo("[]");
    }

    @Test
    void fills_old_rows_with_null_when_a_column_is_new() {
        server.append("{\"id\": 1}");
        server.append("{\"id\": 2, \"new\": [1]}");
        assertThat(server.lake.query("SELECT * FROM bronze.t ORDER BY id").toString())
                .isEqualTo("[{id=1, new=null}, {id=2, new=[1]}]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a b", "select", "q'uo", "Ünï", "rowid", "ein \\\" zwei", "x;--", "a.b", " ", "😀", "t", "m", "k"
            })
    void keeps_the_name_when_a_column_is_named_oddly(String name) {
        String config = LakeUnderTest.merge(name);
        assertThat(server.post("{\"" + name + "\": 5}", config).status()).isEqualTo(200);
        assertThat(server.post("{\"" + name + "\": 5}", config).status()).isEqualTo(200);
        assertThat(server.lake.query("SELECT * FROM bronze.t").toString())
                .isEqualTo("[{" + name.replace("\\", "") + "=5}]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"\": 1}", "{\"a\\u0000b\": 1}", "{\"a\": \"\\ud800\"}"})
    void answers_422_when_duckdb_could_not_hold_the_text(String row) {
        assertThat(server.append("[{\"id\": 1}, " + row + "]").error()).contains("row 1");
        assertThat(server.hasTable("bronze")).isFalse();
    }

    @Test
    void keeps_a_zero_character_when_a_string_has_one() {
        put("\"a\\u0000b\"");
        assertThat(server.value("SELECT x FROM bronze.t")).isEqualTo("a\0b");
    }

    @Test
    void answers_422_when_two_fields_differ_only_by_case() {
        Reply reply = server.append("[{\"Name\": 1}, {\"name\": 2}]");
        assertThat(reply.status()).isEqualTo(422);
        assertThat(reply.error()).contains("\"name\" differs only by case from field \"Name\"");
    }

    @Test
    void answers_422_when_a_field_differs_only_by_case_from_a_column() {
        server.append("{\"Name\": 1}");
        assertThat(server.append("{\"name\": 2}").error()).contains("from column \"Name\"");
        assertThat(server.count("bronze.t")).isEqualTo(1);
    }

    @Test
    void tells_names_apart_when_duckdb_does() {
        assertThat(server.append("{\"É\": 1, \"é\": 2}").status()).isEqualTo(200);
        assertThat(server.lake.query("SELECT * FROM bronze.t").toString()).isEqualTo("[{É=1, é=2}]");
    }
}
