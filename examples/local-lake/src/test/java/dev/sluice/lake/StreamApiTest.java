package dev.sluice.lake;

import static dev.sluice.lake.LakeUnderTest.envelope;
import static dev.sluice.lake.LakeUnderTest.gzip;
import static dev.sluice.lake.LakeUnderTest.into;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.lake.LakeUnderTest.Reply;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamApiTest {
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

    @Test
    void lands_rows_when_they_are_an_array() {
        Reply reply = server.post("[{\"id\": 1, \"name\": \"Ann\"}, {\"id\": 2}]", into("bronze.customers"));
        assertThat(reply.status()).isEqualTo(200);
        assertThat(server.lake
                        .query("SELECT id, name FROM bronze.customers ORDER BY id")
                        .toString())
                .isEqualTo("[{id=1, name=Ann}, {id=2, name=null}]");
    }

    @Test
    void lands_one_row_when_data_is_an_object() {
        assertThat(server.append("{\"id\": 1}").body().path("successful_rows").asInt())
                .isEqualTo(1);
        assertThat(server.count("bronze.t")).isEqualTo(1);
    }

    @Test
    void answers_with_every_documented_field_when_rows_land() {
        Reply reply = server.append("[{\"id\": 1}, {\"id\": 2}]");
        String shape = reply.body().toString().replaceAll("(req|st)_[0-9a-f]+", "$1_HEX");
        assertThat(shape)
                .isEqualTo(
                        "{\"success\":true,\"request_id\":\"req_HEX\",\"stream_id\":\"st_HEX\",\"table\":\"bronze.t\","
                                + "\"accepted\":2,\"successful_rows\":2,\"rejected_rows\":0,\"partitions\":[],"
                                + "\"snapshot_id\":null,\"warnings\":[],\"errors\":[]}");
    }

    @Test
    void names_a_rising_snapshot_when_told_to_wait() {
        String waiting = into("bronze.t") + ", \"wait\": true";
        long first =
                server.post("{\"id\": 1}", waiting).body().path("snapshot_id").asLong();
        long second =
                server.post("{\"id\": 2}", waiting).body().path("snapshot_id").asLong();
        assertThat(first).isPositive();
        assertThat(second).isGreaterThan(first);
    }

    @Test
    void writes_nothing_when_there_are_no_rows() {
        Reply reply = server.append("[]");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.warnings()).contains("no rows");
        assertThat(server.hasTable("bronze")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "Bearer", "Bearer wrong", "Basic local-key-4711", "local-key-4711", "Bearer local-key-47"})
    void refuses_with_401_when_the_key_is_not_right(String header) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        server.lake.baseUrl().resolve("/v2/stream"))
                .header("Content-Type", "application/json")
                .header("Authorization", header)
                .POST(BodyPublishers.ofString(envelope("{\"id\": 1}", into("bronze.t"))));
        Reply reply = server.send(request);
        assertThat(reply.status()).isEqualTo(401);
        assertThat(reply.http().body()).doesNotContain("local-key");
        assertThat(server.hasTable("bronze")).isFalse();
    }

    @Test
    void answers_401_when_the_refused_body_is_large() {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        server.lake.baseUrl().resolve("/v2/stream"))
                .POST(BodyPublishers.ofByteArray(new byte[9_000_000]));
        assertThat(server.send(request).status()).isEqualTo(401);
    }

    @Test
    void takes_the_key_when_the_scheme_is_written_small() {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        server.lake.baseUrl().resolve("/v2/stream"))
                .header("Content-Type", "application/json; charset=utf-8")
                .header("Authorization", "bearer " + LakeUnderTest.KEY)
                .POST(BodyPublishers.ofString(envelope("{\"id\": 1}", into("bronze.t"))));
        assertThat(server.send(request).status()).isEqualTo(200);
    }

    @Test
    void answers_405_with_allow_when_the_method_is_another() {
        Reply reply = server.send(server.request("/v2/stream").GET());
        assertThat(reply.status()).isEqualTo(405);
        assertThat(reply.http().headers().firstValue("Allow")).contains("POST");
        assertThat(server.send(server.request("/health").DELETE())
                        .http()
                        .headers()
                        .firstValue("Allow"))
                .contains("GET");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/v2/stream/", "/v2", "/v1/stream", "/health/x"})
    void answers_404_when_the_path_is_another(String path) {
        Reply reply = server.send(server.request(path).POST(BodyPublishers.noBody()));
        assertThat(reply.status()).isEqualTo(404);
        assertThat(reply.body().path("success").asBoolean(true)).isFalse();
        assertThat(reply.body().path("request_id").asText()).startsWith("req_");
    }

    @Test
    void says_ok_when_asked_for_health() {
        assertThat(server.send(HttpRequest.newBuilder(server.lake.baseUrl().resolve("/health")))
                        .http()
                        .body())
                .isEqualTo("{\"status\":\"ok\"}");
    }

    @Test
    void answers_415_when_the_content_type_is_unknown() {
        HttpRequest.Builder csv = server.request("/v2/stream")
                .header("Content-Type", "text/csv")
                .POST(BodyPublishers.ofString("id\n1\n"));
        assertThat(server.send(csv).status()).isEqualTo(415);
    }

    @Test
    void answers_415_when_the_encoding_is_unknown() {
        HttpRequest.Builder request =
                server.json(envelope("{\"id\": 1}", into("bronze.t"))).header("Content-Encoding", "br");
        assertThat(server.send(request).status()).isEqualTo(415);
    }

    @Test
    void unpacks_the_body_when_it_is_gzip() {
        byte[] body = envelope("{\"id\": 1}", into("bronze.t")).getBytes(StandardCharsets.UTF_8);
        assertThat(server.send(server.json(gzip(body)).header("Content-Encoding", "gzip"))
                        .status())
                .isEqualTo(200);
        assertThat(server.count("bronze.t")).isEqualTo(1);
    }

    @Test
    void answers_400_when_the_gzip_is_broken() {
        Reply reply = server.send(server.json("no gzip at all").header("Content-Encoding", "gzip"));
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.error()).contains("gzip");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "{\"data\": {\"id\": 1}}",
                "{\"config\": {\"table\": \"bronze.t\"}}",
                "{\"data\": {\"id\": 1}, \"config\": {}}",
                "{\"data\": {\"id\": 1}, \"config\": []}",
                "{\"data\": {\"id\": 1}, \"config\": {\"table\": 5}}",
                "{\"data\": 5, \"config\": {\"table\": \"bronze.t\"}}",
                "{\"data\": {\"id\": 1 2}, \"config\": {\"table\": \"bronze.t\"}}",
                "{\"data\": {\"id\": NaN}, \"config\": {\"table\": \"bronze.t\"}}",
                "{\"data\": {\"id\": 01}, \"config\": {\"table\": \"bronze.t\"}}",
                "{\"data\": {\"id\": 1, \"id\": 2}, \"config\": {\"table\": \"bronze.t\"}}",
                "{\"data\": {\"id\": 1}, \"config\": {\"table\": \"bronze.t\", \"table\": \"bronze.u\"}}",
                "{\"data\": {\"id\": 1}, \"config\": {\"table\": \"bronze.t\"}, \"extra\": 1}",
                "{\"data\": {\"id\": 1}, \"data\": {\"id\": 2}, \"config\": {\"table\": \"bronze.t\"}}",
                "{\"data\": {\"id\": 1}, \"config\": {\"table\": \"bronze.t\"}} {}",
            })
    void answers_400_when_the_body_is_not_a_valid_envelope(String body) {
        assertThat(server.send(server.json(body)).status()).isEqualTo(400);
        assertThat(server.hasTable("bronze")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"mode\": \"upsert\"",
                "\"mode\": \"merge\"",
                "\"mode\": \"merge\", \"primary_key\": []",
                "\"mode\": \"merge\", \"primary_key\": [\"a\", \"b\"]",
                "\"mode\": \"merge\", \"primary_key\": \"id\"",
                "\"mode\": \"merge\", \"primary_key\": [5]",
                "\"wait\": \"yes\"",
                "\"tags\": []",
                "\"tabel\": \"x\"",
            })
    void answers_400_when_a_setting_is_wrong(String setting) {
        assertThat(server.post("{\"id\": 1}", into("bronze.t") + ", " + setting).status())
                .isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "t",
                "a.b.c",
                ".t",
                "bronze.",
                "bronze.t t",
                "bronze.t;",
                "bronze.ü",
                "1a.t",
                "_sluice.batches",
                "_SLUICE.x",
                "temp.t",
                "pg_catalog.t",
                "lake.t",
                "Lake.t",
            })
    void answers_400_when_the_table_may_not_be_written(String table) {
        assertThat(server.post("{\"id\": 1}", into(table)).status()).isEqualTo(400);
    }

    @Test
    void answers_400_when_the_body_is_not_utf8() {
        byte[] body = envelope("{\"a\": {\"b\": \"?\"}}", into("bronze.t")).getBytes(StandardCharsets.ISO_8859_1);
        body[new String(body, StandardCharsets.ISO_8859_1).indexOf('?')] = (byte) 0xE9;
        assertThat(server.send(server.json(body)).error()).contains("not UTF-8");
    }

    @Test
    void shows_no_value_when_it_refuses() {
        Reply broken = server.append("[{\"id\": 1, \"secret\": hunter2}]");
        Reply invalid = server.append("[{\"id\": 1, \"secret\": \"hunter2\"}, 5]");
        assertThat(broken.http().body() + invalid.http().body()).doesNotContain("hunter2");
    }

    @Test
    void lands_lines_when_the_query_names_the_table() {
        Reply reply = server.send(server.ndjson("?table=bronze.events&mode=append", "{\"id\":1}\n{\"id\":2}\n\n"));
        assertThat(reply.body().path("successful_rows").asInt()).isEqualTo(2);
        assertThat(server.count("bronze.events")).isEqualTo(2);
    }

    @Test
    void merges_lines_when_the_query_says_so() {
        server.append("[{\"id\": 1, \"v\": \"old\"}]");
        server.send(server.ndjson("?table=bronze.t&mode=merge&primary_key=id&wait=true", "{\"id\":1,\"v\":\"new\"}"));
        assertThat(server.value("SELECT string_agg(v) FROM bronze.t")).isEqualTo("new");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "?mode=append", "?table=bronze.t&tabel=x", "?table=bronze.t&wait=1", "?table=a.b&table=c.d"})
    void answers_400_when_the_query_is_wrong(String query) {
        HttpRequest.Builder request = server.ndjson(query, "{\"id\":1}");
        assertThat(server.send(request).status()).isEqualTo(400);
    }

    @Test
    void answers_429_when_throttled() {
        server.lake.throttle(2, Duration.ofMillis(1500));
        Reply first = server.append("{\"id\": 1}");
        assertThat(first.status()).isEqualTo(429);
        assertThat(first.http().headers().firstValue("Retry-After")).contains("2");
        assertThat(server.append("{\"id\": 1}").status()).isEqualTo(429);
        assertThat(server.append("{\"id\": 1}").status()).isEqualTo(200);
    }

    @Test
    void counts_requests_when_any_come() {
        server.append("{\"id\": 1}");
        server.send(server.json("nonsense"));
        server.sql("SELECT 1");
        assertThat(server.lake.requests()).isEqualTo(2);
    }
}
