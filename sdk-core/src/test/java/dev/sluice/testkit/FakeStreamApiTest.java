package dev.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.sluice.PushException;
import dev.sluice.PushRequest;
import dev.sluice.RetryPolicy;
import dev.sluice.StreamClient;
import dev.sluice.receipt.Receipt;
import dev.sluice.transport.ApiKey;
import dev.sluice.transport.StreamApi;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.net.HttpURLConnection;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FakeStreamApiTest {
    private static final String TABLE = "bronze.events";
    private static final String CONFIG = "{\"table\":\"bronze.events\"}";
    private static final String MERGE = "{\"table\":\"bronze.events\",\"mode\":\"merge\",\"primary_key\":[\"id\"]}";

    private final FakeStreamApi api = FakeStreamApi.start();

    @AfterEach
    void close() {
        api.close();
    }

    @Test
    void lands_what_the_client_appends_and_tells_what_came() {
        Receipt receipt = push(Map.of("total", new BigDecimal("12.50")), Map.of("total", 7));
        assertThat(receipt.delivered()).isEqualTo(2);
        assertThat(api.rows(TABLE)).containsExactly(Map.of("total", new BigDecimal("12.50")), Map.of("total", 7));
        assertThat(api.rowsAsJson(TABLE)).containsExactly("{\"total\":12.50}", "{\"total\":7}");
        assertThat(api.requests()).singleElement().satisfies(request -> {
            assertThat(request.batchId())
                    .isEqualTo(receipt.parts().get(0).batch().value());
            assertThat(request.table()).isEqualTo(TABLE);
            assertThat(request.rows()).isEqualTo(2);
            assertThat(request.status()).isEqualTo(200);
        });
    }

    @Test
    void replaces_rows_by_their_key_when_the_client_merges() {
        try (StreamClient client = client(api.apiKey())) {
            merge(client, Map.of("id", 1, "name", "Ada"), Map.of("id", 2, "name", "Grace"));
            merge(client, Map.of("id", 3), Map.of("id", 1));
        }
        assertThat(api.rows(TABLE)).containsExactly(Map.of("id", 1), Map.of("id", 2, "name", "Grace"), Map.of("id", 3));
    }

    @Test
    void lands_a_batch_once_when_its_id_comes_again() throws IOException {
        assertThat(post(envelope("{\"id\":1}", tagged("b-1")))).isEqualTo(200);
        assertThat(post(envelope("{\"id\":1}", tagged("b-1")))).isEqualTo(200);
        assertThat(api.rows(TABLE)).hasSize(1);
        assertThat(api.requests())
                .extracting(FakeStreamApi.Request::batchId, FakeStreamApi.Request::status)
                .containsOnly(tuple("b-1", 200));
    }

    @Test
    void lands_a_batch_twice_when_ids_are_ignored() throws IOException {
        api.ignoreIds();
        post(envelope("{\"id\":1}", tagged("b-1")));
        post(envelope("{\"id\":1}", tagged("b-1")));
        assertThat(api.rows(TABLE)).hasSize(2);
    }

    @Test
    void refuses_an_id_when_it_comes_again_with_other_rows() throws IOException {
        post(envelope("{\"id\":1}", tagged("b-1")));
        assertThat(post(envelope("{\"id\":2}", tagged("b-1")))).isEqualTo(422);
        assertThat(api.rows(TABLE)).hasSize(1);
    }

    @Test
    void takes_an_id_again_when_the_table_is_another() throws IOException {
        post(envelope("{\"id\":1}", tagged("b-1")));
        post(envelope("{\"id\":2}", tagged("b-1").replace("events", "others")));
        assertThat(api.rows("bronze.others")).hasSize(1);
    }

    @Test
    void tells_under_which_ids_a_row_has_landed() throws IOException {
        post(envelope("{\"id\":1}", tagged("b-1")));
        post(envelope("{\"id\":1}", tagged("b-2")));
        post(envelope("{\"id\":2}", tagged("b-3")));
        post(envelope("{\"id\":1}", tagged("b-4").replace("events", "others")));
        assertThat(api.idsOf(TABLE, "{\"id\":1}")).containsExactlyInAnyOrder("b-1", "b-2");
    }

    @ParameterizedTest
    @CsvSource({"GET,/v2/stream,405", "POST,/v1/stream,404", "PUT,/v2/stream,405"})
    void refuses_when_method_or_path_are_others(String method, String path, int status) throws IOException {
        HttpURLConnection request = request(path);
        request.setRequestMethod(method);
        assertThat(request.getResponseCode()).isEqualTo(status);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Bearer wrong", "Basic dTpw"})
    void refuses_when_the_key_is_not_its_own(String authorization) throws IOException {
        HttpURLConnection request = request("/v2/stream");
        request.setRequestProperty("Authorization", authorization);
        assertThat(send(request, bytes(envelope("{}", CONFIG)))).isEqualTo(401);
        assertThat(api.rows(TABLE)).isEmpty();
    }

    @Test
    void refuses_the_old_key_and_takes_the_new_one_when_it_was_changed() {
        ApiKey old = api.apiKey();
        api.changeKey("user-0-next");
        try (StreamClient stale = client(old);
                StreamClient following = client(api.apiKey())) {
            assertThatThrownBy(() -> stale.push(TABLE, List.of(Map.of("id", 1))))
                    .isInstanceOf(PushException.class)
                    .hasMessageContaining("401");
            assertThat(following.push(TABLE, List.of(Map.of("id", 2))).delivered())
                    .isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/x-ndjson"})
    void refuses_when_the_content_type_names_no_table(String type) throws IOException {
        HttpURLConnection request = authorized();
        request.setRequestProperty("Content-Type", type);
        assertThat(send(request, bytes(envelope("{}", CONFIG)))).isEqualTo(415);
    }

    @Test
    void takes_bodies_of_ten_million_bytes_and_refuses_one_byte_more() throws IOException {
        assertThat(post(ofLength(10_000_000))).isEqualTo(200);
        assertThat(post(ofLength(10_000_001))).isEqualTo(413);
        assertThat(api.rows(TABLE)).hasSize(11);
    }

    @Test
    void takes_fifty_thousand_rows_and_refuses_one_more() throws IOException {
        assertThat(post(envelope(rows(50_000), CONFIG))).isEqualTo(200);
        assertThat(post(envelope(rows(50_001), CONFIG))).isEqualTo(413);
        assertThat(api.rows(TABLE)).hasSize(50_000);
    }

    @Test
    void takes_fields_of_a_million_bytes_and_refuses_one_byte_more() throws IOException {
        assertThat(post(envelope("{\"a\":\"" + "x".repeat(999_998) + "\"}", CONFIG)))
                .isEqualTo(200);
        assertThat(post(envelope("{\"a\":\"" + "x".repeat(999_999) + "\"}", CONFIG)))
                .isEqualTo(422);
    }

    @Test
    void takes_rows_ten_deep_and_refuses_one_level_more() throws IOException {
        assertThat(post(envelope("{\"a\":" + "[".repeat(9) + "]".repeat(9) + "}", CONFIG)))
                .isEqualTo(200);
        assertThat(post(envelope("{\"a\":" + "[".repeat(10) + "]".repeat(10) + "}", CONFIG)))
                .isEqualTo(422);
        assertThat(post(envelope("{\"a\":" + "[".repeat(5_000) + "]".repeat(5_000) + "}", CONFIG)))
                .isEqualTo(422);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{\"data\":[{\"id\":1}",
                "{\"data\":[{\"id\":1,\"id\":2}],\"config\":{\"table\":\"bronze.events\"}}",
                "{\"data\":[{\"id\":1}]}",
                "{\"config\":{\"table\":\"bronze.events\"}}",
                "{\"data\":[1],\"config\":{\"table\":\"bronze.events\"}}",
                "{\"data\":[],\"config\":{\"table\":\"bronze.events\"},\"more\":1}",
                "{\"data\":[],\"config\":{\"table\":\"bronze.events\"}} {}",
            })
    void refuses_when_the_body_is_not_the_documented_json(String body) throws IOException {
        assertThat(post(body)).isEqualTo(400);
        assertThat(api.rows(TABLE)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"table\":\"events\"}",
                "{\"table\":7}",
                "{\"table\":\"bronze.events\",\"mode\":\"upsert\"}",
                "{\"table\":\"bronze.events\",\"mode\":\"merge\"}",
                "{\"table\":\"bronze.events\",\"mode\":\"merge\",\"primary_key\":\"id\"}",
                "{\"table\":\"bronze.events\",\"mode\":\"merge\",\"primary_key\":[]}",
                "{\"table\":\"bronze.events\",\"mode\":\"merge\",\"primary_key\":[\"id\",\"at\"]}",
                "{\"table\":\"bronze.events\",\"wait\":\"yes\"}",
                "{\"table\":\"bronze.events\",\"tags\":\"nightly\"}",
                "{\"table\":\"bronze.events\",\"modus\":\"append\"}",
            })
    void refuses_when_the_config_is_not_the_documented_one(String config) throws IOException {
        assertThat(post(envelope("{\"id\":1}", config))).isEqualTo(400);
        assertThat(api.rows(TABLE)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"id\":1},{\"name\":\"Ada\"}",
                "{\"id\":1},{\"id\":null}",
                "{\"id\":1},{\"id\":[1]}",
                "{\"id\":1},{\"id\":1}",
                "{\"id\":1},{\"id\":1.0}",
            })
    void writes_nothing_of_a_merge_when_a_key_is_missing_or_comes_twice(String rows) throws IOException {
        assertThat(post(envelope(rows, MERGE))).isEqualTo(422);
        assertThat(api.rows(TABLE)).isEmpty();
        assertThat(api.requests()).extracting(FakeStreamApi.Request::table).containsExactly(TABLE);
    }

    @Test
    void refuses_when_the_body_is_not_utf_8() throws IOException {
        // The letter A in two bytes instead of one: Jackson alone lets it pass.
        String[] around = envelope("{\"a\":\"?\"}", CONFIG).split("\\?");
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(bytes(around[0]));
        body.writeBytes(new byte[] {(byte) 0xC1, (byte) 0x81});
        body.writeBytes(bytes(around[1]));
        assertThat(send(authorized(), body.toByteArray())).isEqualTo(400);
    }

    @Test
    void takes_a_single_object_as_one_row() throws IOException {
        assertThat(post("{\"config\":" + CONFIG + ",\"data\":{\"id\":1}}")).isEqualTo(200);
        assertThat(api.rowsAsJson(TABLE)).containsExactly("{\"id\":1}");
    }

    @Test
    void names_the_snapshot_only_when_the_client_waits_for_it() throws IOException {
        assertThat(answerTo(envelope("{}", CONFIG))).contains("\"snapshot_id\":null");
        assertThat(answerTo(envelope("{}", CONFIG.replace("}", ",\"wait\":true}"))))
                .contains("\"snapshot_id\":2");
    }

    @Test
    void takes_compressed_bodies_until_it_is_told_not_to() {
        try (StreamClient client = compressing()) {
            client.push(TABLE, List.of(Map.of("id", 1)));
            api.refuseGzip();
            assertThat(client.push(TABLE, List.of(Map.of("id", 2))).delivered()).isEqualTo(1);
        }
        assertThat(api.requests()).extracting(FakeStreamApi.Request::status).containsExactly(200, 415, 200);
        assertThat(api.rows(TABLE)).hasSize(2);
    }

    @Test
    void counts_the_bytes_of_a_compressed_body_as_they_were_before() throws IOException {
        HttpURLConnection request = authorized();
        request.setRequestProperty("Content-Encoding", "gzip");
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(zipped)) {
            out.write(bytes(ofLength(10_000_001)));
        }
        assertThat(send(request, zipped.toByteArray())).isEqualTo(413);
    }

    @ParameterizedTest
    @CsvSource({"gzip,400", "br,415"})
    void refuses_when_a_body_is_not_compressed_as_it_says(String encoding, int status) throws IOException {
        HttpURLConnection request = authorized();
        request.setRequestProperty("Content-Encoding", encoding);
        assertThat(send(request, bytes(envelope("{}", CONFIG)))).isEqualTo(status);
    }

    @Test
    void takes_chunked_bodies_and_several_requests_on_one_connection() throws IOException {
        String body = envelope("{\"id\":1}", CONFIG);
        String head = "POST /v2/stream HTTP/1.1\r\nauthorization: Bearer " + key()
                + "\r\nContent-Type: application/json; charset=utf-8\r\nTransfer-Encoding: chunked\r\n";
        String chunks = "5\r\n" + body.substring(0, 5) + "\r\n" + Integer.toHexString(body.length() - 5) + "\r\n"
                + body.substring(5) + "\r\n0\r\n\r\n";
        try (Socket socket = new Socket("127.0.0.1", URI.create(api.baseUrl()).getPort())) {
            String twice = head + "\r\n" + chunks + head + "Connection: close\r\n\r\n" + chunks;
            socket.getOutputStream().write(bytes(twice));
            String answers = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answers.split("HTTP/1.1 200 ", -1)).hasSize(3);
        }
        assertThat(api.rows(TABLE)).hasSize(2);
    }

    @Test
    void says_what_came_when_awaited_requests_do_not() throws Exception {
        post(envelope("{\"id\":1}", CONFIG));
        assertThat(api.awaitRequests(1, Duration.ofSeconds(10))).hasSize(1);
        assertThatThrownBy(() -> api.awaitRequests(2, Duration.ofMillis(1)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("expected 2 requests within PT0.001S, but 1 came")
                .hasMessageContaining(TABLE);
    }

    @Test
    void hangs_up_when_it_is_closed() {
        api.close();
        RetryPolicy once = RetryPolicy.DEFAULT.withMaxAttempts(1);
        try (StreamClient client = StreamClient.builder()
                .baseUrl(api.baseUrl())
                .apiKey(api.apiKey())
                .retries(once)
                .build()) {
            assertThatThrownBy(() -> client.push(TABLE, List.of(Map.of("id", 1))))
                    .isInstanceOf(PushException.Undelivered.class);
        }
    }

    @Test
    void hangs_up_on_idle_connections_when_it_is_closed() throws IOException {
        try (Socket socket = new Socket("127.0.0.1", URI.create(api.baseUrl()).getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(bytes("GET / HTTP/1.1\r\n\r\n"));
            assertThat(socket.getInputStream().read()).isEqualTo('H');
            api.close();
            assertThat(socket.getInputStream().readAllBytes()).isNotEmpty();
        }
    }

    private Receipt push(Map<String, Object> first, Map<String, Object> second) {
        try (StreamClient client = client(api.apiKey())) {
            return client.push(TABLE, List.of(first, second));
        }
    }

    private StreamClient client(ApiKey key) {
        return StreamClient.builder().baseUrl(api.baseUrl()).apiKey(key).build();
    }

    private StreamClient compressing() {
        StreamApi transport = StreamApi.builder()
                .baseUrl(api.baseUrl())
                .apiKey(api.apiKey())
                .gzip(true)
                .build();
        return StreamClient.builder().transport(transport).build();
    }

    private static void merge(StreamClient client, Map<String, Object> first, Map<String, Object> second) {
        client.push(PushRequest.merge(TABLE, "id").rows(List.of(first, second)));
    }

    private int post(String body) throws IOException {
        return send(authorized(), bytes(body));
    }

    private String answerTo(String body) throws IOException {
        HttpURLConnection request = authorized();
        send(request, bytes(body));
        try (InputStream answer = request.getInputStream()) {
            return new String(answer.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static int send(HttpURLConnection request, byte[] body) throws IOException {
        request.setDoOutput(true);
        request.setFixedLengthStreamingMode(body.length);
        try (OutputStream out = request.getOutputStream()) {
            out.write(body);
        }
        return request.getResponseCode();
    }

    private HttpURLConnection authorized() throws IOException {
        HttpURLConnection request = request("/v2/stream");
        request.setRequestProperty("Authorization", "Bearer " + key());
        return request;
    }

    private HttpURLConnection request(String path) throws IOException {
        HttpURLConnection request =
                (HttpURLConnection) URI.create(api.baseUrl() + path).toURL().openConnection();
        request.setRequestMethod("POST");
        request.setRequestProperty("Content-Type", "application/json");
        return request;
    }

    /** An ApiKey does not tell; a key of the test's own does. */
    private String key() {
        api.changeKey("user-0-known");
        return "user-0-known";
    }

    private static String envelope(String rows, String config) {
        return "{\"data\":[" + rows + "],\"config\":" + config + "}";
    }

    private static String tagged(String id) {
        return "{\"table\":\"bronze.events\",\"tags\":{\"batch_id\":\"" + id + "\"}}";
    }

    private static String rows(int count) {
        return String.join(",", Collections.nCopies(count, "{}"));
    }

    /** Eleven rows, none of whose fields is too long. */
    private static String ofLength(int bytes) {
        String ten = String.join(",", Collections.nCopies(10, "{\"a\":\"" + "x".repeat(900_000) + "\"}"));
        String without = envelope(ten + ",{\"a\":\"\"}", CONFIG);
        return envelope(ten + ",{\"a\":\"" + "x".repeat(bytes - without.length()) + "\"}", CONFIG);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
