package dev.sluice.transport;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.absent;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import dev.sluice.row.Destination;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StreamApiRequestTest extends ApiTest {
    private static JsonNode json(LoggedRequest request) throws IOException {
        return new ObjectMapper().readTree(request.getBody());
    }

    @Test
    void sends_one_post_with_key_and_batch_id() {
        answers(200, RawServer.success(2));
        send(2);
        LoggedRequest request = onlyRequest();
        assertThat(request.getMethod().getName()).isEqualTo("POST");
        assertThat(request.getUrl()).isEqualTo("/v2/stream");
        assertThat(request.getHeader("Authorization")).isEqualTo("Bearer " + KEY);
        assertThat(request.getHeader("Idempotency-Key")).isEqualTo("batch-1");
        assertThat(request.getHeader("Content-Type")).isEqualTo("application/json");
        assertThat(request.getHeader("Accept")).isEqualTo("application/json");
        assertThat(request.getHeader("Content-Encoding")).isNull();
        assertThat(request.getHeader("Transfer-Encoding")).isNull();
    }

    @Test
    void wraps_appended_rows_in_an_envelope() {
        answers(200, RawServer.success(2));
        send(2);
        assertThat(onlyRequest().getBodyAsString())
                .isEqualTo(
                        "{\"data\":[{\"id\":0},{\"id\":1}],\"config\":{\"table\":\"bronze.events\",\"mode\":\"append\","
                                + "\"tags\":{\"batch_id\":\"batch-1\"}}}");
    }

    @Test
    void names_key_tags_and_wait_when_rows_are_merged() throws IOException {
        answers(200, RawServer.success(1));
        Destination to = Destination.merge("bronze.customers", "i\"d").tag("src", "x\n");
        try (StreamApi api = api(settings -> settings.waitForCommit(true))) {
            api.send(Batches.of(1, to), TIMEOUT);
        }
        JsonNode config = json(onlyRequest()).get("config");
        assertThat(config)
                .isEqualTo(
                        new ObjectMapper()
                                .readTree(
                                        "{\"table\":\"bronze.customers\",\"mode\":\"merge\","
                                                + "\"primary_key\":[\"i\\\"d\"],\"wait\":true,\"tags\":{\"src\":\"x\\n\",\"batch_id\":\"batch-1\"}}"));
    }

    @ParameterizedTest
    @CsvSource({
        "'',/v2/stream",
        "/,/v2/stream",
        "/base,/base/v2/stream",
        "/a/b/,/a/b/v2/stream",
        "/a%20b,/a%20b/v2/stream"
    })
    void adds_its_path_to_that_of_the_address(String path, String expected) {
        answers(200, RawServer.success(1));
        send(server.baseUrl() + path, 1);
        assertThat(onlyRequest().getUrl()).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "localhost",
                "ftp://h",
                "http://",
                "http://h:99999",
                "http://h?x=1",
                "http://h#f",
                "http://u:secret@h",
                "ftp://u:secret@h"
            })
    void refuses_what_is_no_base_url(String url) {
        assertThatThrownBy(() -> api(settings -> settings.baseUrl(url)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("baseUrl ")
                .hasMessageNotContaining("secret");
    }

    @Test
    void names_what_is_missing() {
        assertThatThrownBy(() -> StreamApi.builder().baseUrl("http://h").build())
                .hasMessage("StreamApi needs an apiKey");
        assertThatThrownBy(() -> StreamApi.builder().apiKey(ApiKey.of("k")).build())
                .hasMessage("StreamApi needs a baseUrl");
    }

    @ParameterizedTest
    @CsvSource({"PT0S", "PT-1S", "PT0.0009S", "P25D"})
    void refuses_timeouts_that_would_never_end(Duration timeout) {
        assertThatThrownBy(() -> StreamApi.builder().timeout(timeout)).hasMessageContaining("timeout must be");
        assertThatThrownBy(() -> StreamApi.builder().connectTimeout(timeout))
                .hasMessageContaining("connectTimeout must be");
    }

    @Test
    void sends_the_same_json_when_it_is_compressed() {
        answers(200, RawServer.success(500));
        send(500);
        send(500, settings -> settings.gzip(true));
        LoggedRequest plain = requests().get(0);
        LoggedRequest packed = requests().get(1);
        assertThat(packed.getHeader("Content-Encoding")).isEqualTo("gzip");
        assertThat(Integer.parseInt(packed.getHeader("Content-Length"))).isLessThan(plain.getBody().length / 2);
        assertThat(packed.getBodyAsString()).isEqualTo(plain.getBodyAsString());
    }

    @Test
    void sends_plain_bodies_from_then_on_when_the_server_takes_no_gzip() {
        server.stubFor(any(anyUrl()).willReturn(aResponse().withStatus(415)));
        server.stubFor(any(anyUrl()).withHeader("Content-Encoding", absent()).willReturn(okJson(RawServer.success(1))));
        try (StreamApi api = api(settings -> settings.gzip(true))) {
            assertThat(api.send(Batches.of(1), TIMEOUT)).isInstanceOf(Reply.Counted.class);
            assertThat(api.send(Batches.of(1), TIMEOUT)).isInstanceOf(Reply.Counted.class);
        }
        assertThat(requests())
                .extracting(request -> request.getHeader("Content-Encoding"))
                .containsExactly("gzip", null, null);
    }

    @Test
    void asks_the_supplier_before_each_request() {
        answers(200, RawServer.success(1));
        AtomicInteger next = new AtomicInteger();
        try (StreamApi api = api(settings -> settings.apiKey(() -> ApiKey.of("key-" + next.getAndIncrement())))) {
            api.send(Batches.of(1), TIMEOUT);
            api.send(Batches.of(1), TIMEOUT);
        }
        assertThat(requests())
                .extracting(request -> request.getHeader("Authorization"))
                .containsExactly("Bearer key-0", "Bearer key-1");
    }

    @Test
    void sends_nothing_when_the_supplier_fails() {
        Reply thrown = send(
                1,
                settings -> settings.apiKey(() -> {
                    throw new IllegalStateException("vault " + KEY);
                }));
        assertThat(thrown)
                .isEqualTo(
                        new Reply.NotSent("the supplier of the API key failed with java.lang.IllegalStateException"));
        assertThat(send(1, settings -> settings.apiKey(() -> null))).isInstanceOf(Reply.NotSent.class);
        assertThat(requests()).isEmpty();
    }

    @Test
    void opens_one_connection_for_several_requests() throws IOException {
        List<String> heads = new CopyOnWriteArrayList<>();
        try (RawServer raw = new RawServer(connection -> {
                    while (true) {
                        heads.add(RawServer.readRequest(connection));
                        RawServer.say(connection, RawServer.answer("200 OK", RawServer.success(1)));
                    }
                });
                StreamApi api = api(settings -> settings.baseUrl(raw.url()))) {
            api.send(Batches.of(1), TIMEOUT);
            api.send(Batches.of(1), TIMEOUT);
            assertThat(heads).hasSize(2);
            assertThat(raw.connections()).isEqualTo(1);
        }
    }
}
