package dev.sluice.sync;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** Answers every request in the same way, as something that is no Stream API would. */
final class FakeApi implements AutoCloseable {
    private final HttpServer server;
    private final AtomicInteger requests = new AtomicInteger();
    private final CountDownLatch asked = new CountDownLatch(1);

    private FakeApi(HttpServer server) {
        this.server = server;
    }

    static FakeApi answering(int status, String contentType, String body) throws IOException {
        FakeApi api = new FakeApi(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        api.server.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            api.requests.incrementAndGet();
            api.asked.countDown();
            exchange.getResponseHeaders().set("Content-Type", contentType);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        api.server.start();
        return api;
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    int requests() {
        return requests.get();
    }

    /** Counts down with the first request. */
    CountDownLatch asked() {
        return asked;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
