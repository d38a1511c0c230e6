package dev.sluice.transport;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.client.WireMock;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** The Stream API's client against a scripted HTTP server. */
abstract class ApiTest {
    static final Duration TIMEOUT = Duration.ofSeconds(20);
    static final String KEY = "user-0001-Tr0ub4dor";

    static WireMockServer server;

    @BeforeAll
    static void startServer() {
        server = new WireMockServer(
                options().dynamicPort().bindAddress("127.0.0.1").containerThreads(8));
        server.start();
    }

    @AfterAll
    static void stopServer() {
        server.stop();
    }

    @BeforeEach
    void forget() {
        server.resetAll();
    }

    static void answers(ResponseDefinitionBuilder answer) {
        server.stubFor(any(anyUrl()).willReturn(answer));
    }

    static void answers(int status, String body) {
        answers(aResponse()
                .withStatus(status)
                .withHeader("Content-Type", "application/json")
                .withBody(body));
    }

    static List<LoggedRequest> requests() {
        return server.findAll(WireMock.anyRequestedFor(anyUrl()));
    }

    static LoggedRequest onlyRequest() {
        if (requests().size() != 1) {
            throw new AssertionError("expected one request, found " + requests().size());
        }
        return requests().get(0);
    }

    static Reply send(int rows) {
        return send(server.baseUrl(), rows);
    }

    static Reply send(String url, int rows) {
        return send(rows, settings -> settings.baseUrl(url));
    }

    static Reply send(int rows, UnaryOperator<StreamApi.Builder> change) {
        try (StreamApi api = api(change)) {
            return api.send(Batches.of(rows), TIMEOUT);
        }
    }

    static StreamApi api(UnaryOperator<StreamApi.Builder> change) {
        return change.apply(StreamApi.builder().baseUrl(server.baseUrl()).apiKey(ApiKey.of(KEY)))
                .build();
    }
}
