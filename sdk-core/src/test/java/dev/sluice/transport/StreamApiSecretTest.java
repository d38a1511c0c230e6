package dev.sluice.transport;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server that repeats the key in all it says. */
class StreamApiSecretTest extends ApiTest {
    private static final String ODD = "a/\"b\\c<d>";

    @ParameterizedTest
    @ValueSource(ints = {200, 301, 400, 401, 403, 404, 413, 429, 500, 503})
    void hides_the_key_when_the_server_repeats_it_in_json(int status) {
        answers(
                status,
                ("{\"success\":false,\"successful_rows\":0,\"request_id\":\"KEY\",\"snapshot_id\":\"x-KEY\","
                                + "\"errors\":[\"Bearer KEY is wrong\"],\"warnings\":[\"KEY\"]}")
                        .replace("KEY", KEY));
        assertThat(send(1).toString()).doesNotContain(KEY).contains("****");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a/\\\"b\\\\c<d>", "a\\/\\\"b\\\\c<d>", "\\u0061/\\u0022b\\u005Cc\\u003cd\\u003E"})
    void hides_the_key_when_it_comes_back_escaped(String escaped) {
        answers(401, "{\"error\":\"key " + escaped + " is wrong\"}");
        assertThat(send(1, settings -> settings.apiKey(ApiKey.of(ODD))))
                .isEqualTo(new Reply.Unauthorized(401, "key **** is wrong", false, null));
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 400})
    void hides_the_key_when_a_header_repeats_it(int status) {
        answers(aResponse()
                .withStatus(status)
                .withHeader("Content-Type", "text/" + KEY)
                .withBody("no json"));
        assertThat(send(1).toString()).doesNotContain(KEY).contains("****");
    }

    @Test
    void hides_the_key_when_the_status_line_repeats_it() throws IOException {
        try (RawServer raw = new RawServer(connection -> {
            RawServer.readRequest(connection);
            RawServer.say(connection, "Bearer " + KEY + "\r\n\r\n");
        })) {
            assertThat(send(raw.url(), 1).toString()).doesNotContain(KEY).contains("****");
        }
    }

    @Test
    void shows_no_key_as_text() {
        assertThat(ApiKey.of(KEY)).hasToString("ApiKey(****)");
        assertThat(ApiKey.of(KEY).get().secret()).isEqualTo(KEY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "user-0001-Tr0ub4dor\n", "user 1", "user-0001\r\nX: 1", "ключ", "a\u007F"})
    void refuses_a_key_that_no_header_can_carry_without_showing_it(String secret) {
        assertThatThrownBy(() -> ApiKey.of(secret))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("Tr0ub4dor")
                .hasMessageNotContaining("0001");
    }

    @Test
    void names_the_variable_when_it_is_not_set() {
        assertThatThrownBy(() -> ApiKey.fromEnv("SLUICE_SURELY_NOT_SET"))
                .hasMessageContaining("SLUICE_SURELY_NOT_SET is not set");
    }

    @Test
    void reads_the_key_from_the_environment() {
        assertThat(ApiKey.fromEnv("PATH").secret()).isEqualTo(System.getenv("PATH"));
    }
}
