package dev.sluice.sync;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/** Answers on HTTP how a running {@code watch} is doing: for orchestrators, for Prometheus and for people. */
final class StatusServer implements AutoCloseable {
    private static final int THREADS = 2;

    private record Page(int status, String type, String text) {}

    private final HttpServer server;
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS, work -> {
        Thread thread = new Thread(work, "status");
        thread.setDaemon(true);
        return thread;
    });
    private final Supplier<Snapshot> now;
    private final Console console;

    private StatusServer(HttpServer server, Supplier<Snapshot> now, Console console) {
        this.server = server;
        this.now = now;
        this.console = console;
    }

    /**
     * Begins to listen.
     *
     * @throws CliException if the address cannot be had
     */
    static StatusServer start(HttpAddress address, Supplier<Snapshot> now, Console console) {
        InetSocketAddress socket = address.socket();
        HttpServer server;
        try {
            server = HttpServer.create(socket, 0);
        } catch (IOException | RuntimeException e) {
            throw CliException.failed(
                    "cannot listen on " + socket + ": " + Words.firstLine(e) + "; choose another address with --http",
                    e);
        }
        StatusServer status = new StatusServer(server, now, console);
        server.createContext("/", status::handle);
        server.setExecutor(status.threads);
        server.start();
        return status;
    }

    /** The page to begin with. */
    String url() {
        InetSocketAddress at = server.getAddress();
        String host = at.getAddress().getHostAddress();
        return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + at.getPort() + "/";
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String method = exchange.getRequestMethod();
            boolean reads = method.equals("GET") || method.equals("HEAD");
            Page page =
                    reads ? page(exchange.getRequestURI().getPath()) : text(405, "only GET and HEAD are understood\n");
            byte[] body = console.hidden(page.text()).getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", page.type());
            exchange.getResponseHeaders().set("Cache-Control", "no-store");
            exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
            exchange.getResponseHeaders().set("Content-Security-Policy", StatusPage.POLICY);
            if (method.equals("HEAD")) {
                exchange.sendResponseHeaders(page.status(), -1);
            } else {
                exchange.sendResponseHeaders(page.status(), body.length);
                exchange.getResponseBody().write(body);
            }
        }
    }

    private Page page(String path) {
        Snapshot snapshot = now.get();
        return switch (path) {
            case "/health" ->
                new Page(snapshot.isHealthy() ? 200 : 503, "application/json", HealthJson.of(snapshot) + "\n");
            case "/metrics" -> new Page(200, "text/plain; version=0.0.4; charset=utf-8", MetricsText.of(snapshot));
            case "/" -> new Page(200, "text/html; charset=utf-8", StatusPage.of(snapshot));
            default -> text(404, "there are /, /health and /metrics\n");
        };
    }

    private static Page text(int status, String text) {
        return new Page(status, "text/plain; charset=utf-8", text);
    }
}
