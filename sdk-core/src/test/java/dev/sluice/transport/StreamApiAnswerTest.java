package dev.sluice.transport;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.WireMock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StreamApiAnswerTest extends ApiTest {
    @Test
    void counts_all_rows_when_all_are_written() {
        answers(
                200,
                "{\"success\":true,\"request_id\":\"req_1\",\"accepted\":3,\"successful_rows\":3,\"rejected_rows\":0,"
                        + "\"snapshot_id\":99,\"warnings\":[\"new column x\"],\"errors\":[]}");
        assertThat(send(3)).isEqualTo(new Reply.Counted(3, 0, "req_1", "99", List.of("new column x")));
    }

    @Test
    void knows_no_snapshot_when_it_is_null_or_missing() {
        answers(200, "{\"success\":true,\"successful_rows\":1,\"snapshot_id\":null}");
        assertThat(send(1)).isEqualTo(new Reply.Counted(1, 0, null, null, List.of()));
    }

    @Test
    void counts_some_rows_when_the_answer_is_partial() {
        answers(200, "{\"success\":true,\"successful_rows\":2,\"rejected_rows\":1,\"errors\":[\"bad date\"]}");
        assertThat(send(3)).isEqualTo(new Reply.Counted(2, 1, null, null, List.of("bad date")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"success\":false,\"successful_rows\":0}",
                "{\"success\":false,\"successful_rows\":0,\"rejected_rows\":3}",
                "{\"success\":true,\"successful_rows\":0,\"rejected_rows\":3}"
            })
    void counts_no_row_when_nothing_is_written(String body) {
        answers(200, body);
        assertThat(send(3))
                .isInstanceOfSatisfying(
                        Reply.Counted.class,
                        counted -> assertThat(counted.written()).isZero());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"success\":true,\"successful_rows\":4}",
                "{\"success\":true,\"successful_rows\":3,\"rejected_rows\":1}",
                "{\"success\":true,\"successful_rows\":0}",
                "{\"success\":true,\"successful_rows\":0,\"rejected_rows\":4}",
                "{\"success\":false,\"successful_rows\":3}",
                "{\"success\":true,\"successful_rows\":-1,\"rejected_rows\":4}",
                "{\"success\":true,\"successful_rows\":\"3\"}",
                "{\"success\":true,\"successful_rows\":3.0}",
                "{\"success\":true,\"successful_rows\":4294967299}",
                "{\"success\":\"true\",\"successful_rows\":3}",
                "{\"success\":true}",
                "{\"successful_rows\":3}",
                "{}"
            })
    void knows_nothing_when_counts_cannot_be_right(String body) {
        answers(200, body);
        assertThat(send(3))
                .isInstanceOfSatisfying(
                        Reply.Unreadable.class,
                        reply -> assertThat(reply.status()).isEqualTo(200));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "null",
                "[]",
                "3",
                "\"ok\"",
                "OK",
                "<html>success</html>",
                "{\"success\":true,\"successful_rows\":3",
                "{\"success\":true,\"successful_rows\":3}{}",
                "{\"success\":true,\"successful_rows\":3}<html>"
            })
    void knows_nothing_when_status_200_comes_without_the_json(String body) {
        answers(200, body);
        assertThat(send(3))
                .isInstanceOfSatisfying(
                        Reply.Unreadable.class,
                        reply -> assertThat(reply.status()).isEqualTo(200));
    }

    @ParameterizedTest
    @ValueSource(ints = {201, 202, 204})
    void knows_nothing_when_it_is_another_success(int status) {
        answers(status, status == 204 ? "" : "{\"success\":true,\"successful_rows\":1}");
        assertThat(send(1))
                .isEqualTo(new Reply.Unreadable("HTTP " + status + " instead of 200: the rows may be written", status));
    }

    @Test
    void names_the_type_when_a_proxy_answers() {
        answers(aResponse().withHeader("Content-Type", "text/html").withBody("<html>Welcome to the hotel</html>"));
        assertThat(send(1)).isEqualTo(new Reply.Unreadable("HTTP 200 with text/html instead of the API's JSON", 200));
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void never_follows_a_redirect(int status) {
        WireMockServer stranger = new WireMockServer(options().dynamicPort());
        stranger.start();
        try {
            answers(aResponse().withStatus(status).withHeader("Location", stranger.baseUrl() + "/v2/stream"));
            assertThat(send(1))
                    .isInstanceOfSatisfying(
                            Reply.Refused.class,
                            reply -> assertThat(reply.status()).isEqualTo(status));
            assertThat(requests()).hasSize(1);
            assertThat(stranger.findAll(WireMock.anyRequestedFor(WireMock.anyUrl())))
                    .isEmpty();
        } finally {
            stranger.stop();
        }
    }

    @ParameterizedTest
    @CsvSource({"401,true", "401,false", "403,true", "403,false"})
    void tells_whether_a_refused_key_may_change(int status, boolean supplied) {
        answers(status, "{\"message\":\"key expired\",\"request_id\":\"req_9\"}");
        Reply reply = send(1, settings -> supplied ? settings.apiKey(() -> ApiKey.of(KEY)) : settings);
        assertThat(reply).isEqualTo(new Reply.Unauthorized(status, "key expired", supplied, "req_9"));
    }

    @ParameterizedTest
    @ValueSource(ints = {304, 400, 404, 405, 408, 410, 413, 415, 421, 422, 425, 429, 500, 501, 502, 503, 504, 505, 599})
    void reports_any_other_status_after_exactly_one_request(int status) {
        answers(status, status == 304 ? "" : "{\"error\":\"why\"}");
        assertThat(send(1))
                .isInstanceOfSatisfying(
                        Reply.Refused.class, reply -> assertThat(reply.status()).isEqualTo(status));
        assertThat(requests()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 421, 429, 503})
    void never_sends_again_by_itself_when_the_server_invites_to(int status) {
        answers(aResponse().withStatus(status).withHeader("Retry-After", "0"));
        assertThat(send(1)).isEqualTo(new Reply.Refused(status, "", Duration.ZERO, null));
        assertThat(requests()).hasSize(1);
    }

    @Test
    void is_in_doubt_when_a_server_plays_the_proxy() {
        answers(407, "{}");
        assertThat(send(1)).isInstanceOf(Reply.Unreadable.class);
        assertThat(requests()).hasSize(1);
    }

    @Test
    void passes_on_retry_after_in_seconds() {
        answers(aResponse().withStatus(429).withHeader("Retry-After", "7"));
        assertThat(send(1)).isEqualTo(new Reply.Refused(429, "", Duration.ofSeconds(7), null));
    }

    @Test
    void passes_on_retry_after_as_a_date() {
        String date = DateTimeFormatter.RFC_1123_DATE_TIME.format(
                ZonedDateTime.now(ZoneOffset.UTC).plusSeconds(60));
        answers(aResponse().withStatus(429).withHeader("Retry-After", date));
        assertThat(send(1))
                .isInstanceOfSatisfying(
                        Reply.Refused.class,
                        reply -> assertThat(reply.retryAfter())
                                .isBetween(Duration.ofSeconds(30), Duration.ofSeconds(60)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"errors\":[\"a\",\"b\",\"c\",\"d\"]}|a; b; c",
                "{\"error\":\"e\",\"message\":\"m\"}|e",
                "{\"message\":\"m\"}|m",
                "{\"detail\":\"d\"}|d",
                "{\"error\":{\"code\":1},\"detail\":\"d\"}|d",
                "{}|''",
                "oops|an answer of type application/json"
            })
    void quotes_the_words_of_a_refusal_where_one_might_expect_them(String body, String message) {
        answers(400, body);
        assertThat(send(1))
                .isInstanceOfSatisfying(
                        Reply.Refused.class,
                        reply -> assertThat(reply.message()).isEqualTo(message));
    }

    @Test
    void shortens_long_words() {
        answers(400, "{\"error\":\"" + "x".repeat(10_000) + "\"}");
        assertThat(send(1))
                .isInstanceOfSatisfying(
                        Reply.Refused.class,
                        reply -> assertThat(reply.message()).hasSize(303).endsWith("x..."));
    }

    @Test
    void knows_nothing_when_a_success_is_longer_than_a_mebibyte() {
        answers(200, RawServer.success(1) + " ".repeat(1_048_576));
        assertThat(send(1))
                .isInstanceOfSatisfying(
                        Reply.Unreadable.class,
                        reply -> assertThat(reply.message()).contains("longer than 1048576 bytes"));
    }

    @Test
    void reads_a_success_of_exactly_a_mebibyte() {
        String success = RawServer.success(1);
        answers(200, success + " ".repeat(1_048_576 - success.length()));
        assertThat(send(1)).isInstanceOf(Reply.Counted.class);
    }

    @Test
    void goes_by_the_status_when_the_words_of_a_refusal_are_too_long() {
        answers(413, "x".repeat(2_000_000));
        assertThat(send(1))
                .isInstanceOfSatisfying(
                        Reply.Refused.class, reply -> assertThat(reply.status()).isEqualTo(413));
    }
}
