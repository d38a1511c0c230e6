package dev.sluice.lake;

import static dev.sluice.lake.LakeUnderTest.envelope;
import static dev.sluice.lake.LakeUnderTest.gzip;
import static dev.sluice.lake.LakeUnderTest.into;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.lake.LakeUnderTest.Reply;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LimitsTest {
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

    private static String bodyOf(int bytes) {
        String body = envelope("{\"id\": 1}", into("bronze.t"));
        return body + " ".repeat(bytes - body.length());
    }

    private static String rows(int count) {
        return IntStream.range(0, count).mapToObj(i -> "{\"id\":" + i + "}").collect(Collectors.joining(",", "[", "]"));
    }

    private static String nested(int depth) {
        return "{\"x\":" + "[".repeat(depth - 1) + "]".repeat(depth - 1) + "}";
    }

    private void assertRefused(Reply reply, int rejected, String words) {
        assertThat(reply.status()).isEqualTo(422);
        assertThat(reply.body().path("rejected_rows").asInt()).isEqualTo(rejected);
        assertThat(reply.body().path("successful_rows").asInt(-1)).isZero();
        assertThat(reply.http().body()).contains(words);
        assertThat(server.hasTable("bronze")).isFalse();
    }

    @Test
    void takes_a_body_when_it_has_10_000_000_bytes() {
        assertThat(server.send(server.json(bodyOf(10_000_000))).status()).isEqualTo(200);
    }

    @Test
    void answers_413_when_the_body_has_one_byte_more() {
        assertThat(server.send(server.json(bodyOf(10_000_001))).status()).isEqualTo(413);
        assertThat(server.hasTable("bronze")).isFalse();
    }

    @Test
    void answers_413_when_a_small_gzip_unpacks_to_too_much() {
        byte[] bomb = gzip(new byte[200_000_000]);
        assertThat(bomb.length).isLessThan(250_000);
        assertThat(server.send(server.json(bomb).header("Content-Encoding", "gzip"))
                        .status())
                .isEqualTo(413);
    }

    @Test
    void stops_unpacking_when_the_limit_is_passed() {
        byte[] bomb = gzip(new byte[200_000_000]);
        ByteArrayInputStream wire = new ByteArrayInputStream(bomb);
        assertThatThrownBy(() -> Body.read(wire, "gzip", 10_000_000)).isInstanceOf(Refusal.class);
        assertThat(wire.available()).isGreaterThan(bomb.length * 9 / 10);
    }

    @Test
    void takes_50_000_rows_when_they_come_at_once() {
        assertThat(server.append(rows(50_000)).body().path("successful_rows").asInt())
                .isEqualTo(50_000);
        assertThat(server.count("bronze.t")).isEqualTo(50_000);
    }

    @Test
    void answers_422_when_there_is_one_row_more() {
        assertRefused(server.append(rows(50_001)), 50_001, "50001 rows");
    }

    @Test
    void takes_a_field_when_it_has_1_000_000_bytes() {
        String field = "é".repeat(499_999);
        assertThat(server.append("{\"x\": \"" + field + "\"}").status()).isEqualTo(200);
        assertThat(server.value("SELECT x FROM bronze.t")).isEqualTo(field);
    }

    @Test
    void answers_422_when_a_field_has_one_byte_more() {
        String row = "{\"id\": 1, \"x\": \"" + "é".repeat(499_999) + "a\"}";
        assertRefused(server.append("[{\"id\": 0}, " + row + "]"), 2, "row 1, field \\\"x\\\": takes 1000001 bytes");
    }

    @Test
    void measures_an_object_when_it_is_a_field() {
        assertThat(server.append("{\"x\": [\"" + "a".repeat(999_996) + "\"]}").status())
                .isEqualTo(200);
        assertThat(server.append("{\"x\": [\"" + "a".repeat(999_997) + "\"]}").status())
                .isEqualTo(422);
    }

    @Test
    void takes_a_row_when_it_is_10_deep() {
        assertThat(server.append(nested(10)).status()).isEqualTo(200);
    }

    @Test
    void answers_422_when_a_row_is_11_deep() {
        assertRefused(server.append(nested(11)), 1, "is nested 11 deep");
    }

    @Test
    void answers_422_when_a_row_is_100_000_deep() {
        assertThat(server.append(nested(100_000)).status()).isEqualTo(422);
    }

    @Test
    void names_every_row_when_several_are_wrong() {
        assertRefused(
                server.append("[{\"id\": 1}, 5, {}, null]"), 4, "[\"row 1 is not an object\",\"row 2 has no fields\"");
    }

    @Test
    void shortens_the_list_when_very_many_rows_are_wrong() {
        assertRefused(server.append("[" + "5,".repeat(999) + "5]"), 1000, "and 980 more");
    }

    @Test
    void answers_422_when_the_table_would_get_too_many_columns() {
        String row = IntStream.range(0, 2001).mapToObj(i -> "\"c" + i + "\":1").collect(Collectors.joining(","));
        assertRefused(server.append("{" + row + "}"), 1, "would get 2001 more; this server holds 2000");
    }
}
