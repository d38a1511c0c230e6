package dev.sluice.lake;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Takes requests in, lets the right endpoint answer, and turns what goes wrong into JSON errors. */
final class Front implements HttpHandler {
    private static final int SQL_BYTES = 1_000_000;

    private static final Map<String, String> METHODS = Map.of("/health", "GET", "/v2/stream", "POST", "/sql", "POST");

    private final byte[] apiKey;
    private final StreamEndpoint stream;
    private final SqlReader reader;
    private final Gate gate = new Gate();
    private final Throttle throttle = new Throttle();
    private final AtomicLong requests = new AtomicLong();

    Front(String apiKey, LakeWriter writer, SqlReader reader) {
        this.apiKey = apiKey.getBytes(StandardCharsets.UTF_8);
        this.stream = new StreamEndpoint(writer);
        this.reader = reader;
    }

    Throttle throttle() {
        return throttle;
    }

    long requests() {
        return requests.get();
    }

    /** Lets no new request in, and waits for those inside. */
    void shut(Duration patience) throws InterruptedException {
        gate.shut(patience);
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        String requestId = "req_" + UUID.randomUUID().toString().replace("-", "");
        try (exchange) {
            if (!gate.enter()) {
                send(exchange, Answer.error(503, requestId, "the lake is closing: send this again later"));
                return;
            }
            try {
                send(exchange, answer(exchange, requestId));
            } finally {
                gate.leave();
            }
        }
    }

    private Answer answer(HttpExchange exchange, String requestId) throws IOException {
        try {
            return route(exchange, requestId);
        } catch (Refusal e) {
            return Answer.of(e, requestId);
        } catch (JsonProcessingException e) {
            return Answer.of(Json.refusal(e), requestId);
        } catch (LakeException e) {
            return Answer.error(400, requestId, String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            // Its message might quote a row.
            return Answer.error(
                    500, requestId, "this server failed with a " + e.getClass().getSimpleName());
        }
    }

    private Answer route(HttpExchange exchange, String requestId) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String method = METHODS.get(path);
        if (method == null) {
            throw new Refusal(404, "nothing is here; this server has POST /v2/stream, POST /sql and GET /health");
        }
        if (!exchange.getRequestMethod().equals(method)) {
            return Answer.error(405, requestId, "this path answers " + method + " only")
                    .with("Allow", method);
        }
        return switch (path) {
            case "/health" -> Answer.ok(Map.of("status", "ok"));
            case "/sql" -> hasKey(exchange) ? sql(exchange) : unauthorized(requestId);
            default -> {
                requests.incrementAndGet();
                yield hasKey(exchange) ? push(exchange, requestId) : unauthorized(requestId);
            }
        };
    }

    private static Answer unauthorized(String requestId) {
        return Answer.error(401, requestId, "the Authorization header must be \"Bearer \" and the key of this lake")
                .with("WWW-Authenticate", "Bearer");
    }

    private boolean hasKey(HttpExchange exchange) {
        String header = header(exchange, "Authorization");
        String scheme = "Bearer ";
        if (header == null || !header.regionMatches(true, 0, scheme, 0, scheme.length())) {
            return false;
        }
        byte[] given = header.substring(scheme.length()).strip().getBytes(StandardCharsets.UTF_8);
        return MessageDigest.isEqual(given, apiKey);
    }

    private Answer push(HttpExchange exchange, String requestId) throws IOException {
        long seconds = throttle.secondsToWait();
        if (seconds >= 0) {
            return Answer.error(429, requestId, "too many requests: wait " + seconds + " s")
                    .with("Retry-After", String.valueOf(seconds));
        }
        return stream.answer(exchange, requestId);
    }

    private Answer sql(HttpExchange exchange) throws IOException {
        byte[] body = Body.read(exchange.getRequestBody(), header(exchange, "Content-Encoding"), SQL_BYTES);
        Json.requireUtf8(body);
        SqlResult result = reader.query(new String(body, StandardCharsets.UTF_8), Limits.RESULT_ROWS);
        Map<String, @Nullable Object> answer = new LinkedHashMap<>();
        answer.put("columns", result.columns());
        answer.put("rows", result.rows());
        answer.put("cut", result.cut());
        return Answer.ok(answer);
    }

    static @Nullable String header(HttpExchange exchange, String name) {
        return exchange.getRequestHeaders().getFirst(name);
    }

    private static void send(HttpExchange exchange, Answer answer) throws IOException {
        byte[] json = Json.MAPPER.writeValueAsBytes(answer.body());
        if (answer.status() != 200) {
            Body.drain(exchange.getRequestBody());
        }
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        answer.headers().forEach(exchange.getResponseHeaders()::set);
        exchange.sendResponseHeaders(answer.status(), json.length);
        // Closed here, for only then is it flushed, and the gate may let the server stop right after.
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(json);
        }
    }
}
