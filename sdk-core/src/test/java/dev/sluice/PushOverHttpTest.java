package dev.sluice;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import dev.sluice.receipt.Receipt;
import dev.sluice.testkit.RecordingDeadLetters;
import dev.sluice.transport.ApiKey;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The client as users have it: over HTTP, its waits on a clock that is stepped by hand. */
class PushOverHttpTest {
    private static final String KEY = "user-0002-Xyzzy";
    private static final String OK = "{\"success\":true,\"successful_rows\":1}";

    private final WireMockServer server =
            new WireMockServer(options().dynamicPort().bindAddress("127.0.0.1"));
    private final List<Map<String, String>> rows = List.of(Map.of("name", "Plugh"));

    @BeforeEach
    void start() {
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop();
    }

    private StreamClient client(String url) {
        return PushTest.stepped(new ManualTiming())
                .baseUrl(url)
                .apiKey(ApiKey.of(KEY))
                .build();
    }

    private Receipt push() {
        try (StreamClient client = client(server.baseUrl())) {
            return Accounts.balanced(client.push("bronze.events", rows));
        }
    }

    private void first(com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder answer) {
        server.stubFor(any(anyUrl())
                .inScenario("s")
                .whenScenarioStateIs("Started")
                .willReturn(answer)
                .willSetStateTo("next"));
        server.stubFor(any(anyUrl()).inScenario("s").whenScenarioStateIs("next").willReturn(okJson(OK)));
    }

    @Test
    void sends_the_same_bytes_under_the_same_id_when_the_first_answer_was_lost() {
        first(aResponse().withFault(Fault.EMPTY_RESPONSE));
        assertThat(push().attempts()).isEqualTo(2);
        List<LoggedRequest> requests = server.findAll(anyRequestedFor(anyUrl()));
        assertThat(requests).hasSize(2);
        assertThat(requests.get(0).getBodyAsString()).isEqualTo(requests.get(1).getBodyAsString());
        assertThat(requests)
                .extracting(request -> request.getHeader("Idempotency-Key"))
                .containsOnly(requests.get(0).getHeader("Idempotency-Key"));
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 425, 429, 500, 502, 503, 504})
    void delivers_when_a_passing_failure_comes_first(int status) {
        first(aResponse().withStatus(status));
        assertThat(push().attempts()).isEqualTo(2);
        assertThat(server.findAll(anyRequestedFor(anyUrl()))).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 301, 400, 401, 404, 500})
    void shows_neither_key_nor_rows_when_the_server_repeats_the_key(int status) {
        server.stubFor(any(anyUrl())
                .willReturn(aResponse()
                        .withStatus(status)
                        .withHeader("Content-Type", KEY)
                        .withHeader("Location", "http://127.0.0.1:1/" + KEY)
                        .withBody("{\"success\":false,\"successful_rows\":0,\"error\":\"" + KEY + "\",\"errors\":[\""
                                + KEY + "\"]}")));
        PushException failure = catchThrowableOfType(PushException.class, this::push);
        assertThat(stackTrace(failure)).doesNotContain("Xyzzy").doesNotContain("Plugh");
        assertThat(failure.receipt().toString()).doesNotContain("Xyzzy").doesNotContain("Plugh");
        assertThat(RecordingLogs.lines()).noneMatch(line -> line.contains("Xyzzy") || line.contains("Plugh"));
    }

    @Test
    void shows_neither_key_nor_rows_when_a_dead_letter_is_logged() {
        server.stubFor(any(anyUrl()).willReturn(aResponse().withStatus(400).withBody("{\"error\":\"" + KEY + "\"}")));
        RecordingDeadLetters letters = new RecordingDeadLetters();
        try (StreamClient client = StreamClient.builder()
                .baseUrl(server.baseUrl())
                .apiKey(ApiKey.of(KEY))
                .deadLetters(letters)
                .build()) {
            assertThat(client.push("bronze.events", rows).dead()).isEqualTo(1);
        }
        assertThat(letters.only().message()).isEqualTo("HTTP 400: ****");
        assertThat(RecordingLogs.lines())
                .anyMatch(line -> line.contains(
                        "1 rows of batch " + letters.only().batch().id() + " are dead letters: REJECTED"))
                .noneMatch(line -> line.contains("Xyzzy") || line.contains("Plugh"));
    }

    private static String stackTrace(Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    @Test
    void delivers_when_the_server_closed_the_idle_connection_between_two_pushes() throws Exception {
        try (HangingUp lake = new HangingUp();
                StreamClient client = client(lake.url())) {
            for (int push = 1; push <= 3; push++) {
                assertThat(Accounts.balanced(client.push("bronze.events", rows)).delivered())
                        .isEqualTo(1);
                lake.closed.acquire();
            }
            assertThat(lake.written.get()).isEqualTo(3);
        }
    }

    /** Promises to keep the connection, answers one request, and hangs up. */
    private static final class HangingUp implements AutoCloseable {
        private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        private final Semaphore closed = new Semaphore(0);
        private final AtomicInteger written = new AtomicInteger();

        HangingUp() throws IOException {
            Thread thread = new Thread(this::serve, "hanging-up");
            thread.setDaemon(true);
            thread.start();
        }

        String url() {
            return "http://127.0.0.1:" + server.getLocalPort();
        }

        @Override
        public void close() throws IOException {
            server.close();
        }

        private void serve() {
            while (!server.isClosed()) {
                try (Socket connection = server.accept()) {
                    readRequest(connection.getInputStream());
                    written.incrementAndGet();
                    String answer = "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: " + OK.length()
                            + "\r\n\r\n" + OK;
                    connection.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
                } catch (IOException e) {
                    continue;
                }
                closed.release();
            }
        }

        /** Up to the end of the envelope, which nothing else in the request looks like. */
        private static void readRequest(InputStream in) throws IOException {
            StringBuilder request = new StringBuilder();
            while (request.indexOf("\"}}}") < 0) {
                int next = in.read();
                if (next < 0) {
                    throw new IOException("the client hung up");
                }
                request.append((char) next);
            }
        }
    }
}
