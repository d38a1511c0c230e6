package dev.sluice.lake;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A running Stream API server that lands rows in a DuckDB file. */
public final class LocalLake implements AutoCloseable {
    private static final int THREADS = 16;
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final AtomicInteger WORKERS = new AtomicInteger();

    static {
        // The JDK reads this once, when its server class loads. Without it a small answer waits for the client's ACK.
        if (System.getProperty("sun.net.httpserver.nodelay") == null) {
            System.setProperty("sun.net.httpserver.nodelay", "true");
        }
    }

    private final AtomicBoolean closed = new AtomicBoolean();
    private final DuckFile file;
    private final LakeWriter writer;
    private final SqlReader reader;
    private final Front front;
    private final ExecutorService workers;
    private final HttpServer server;

    private LocalLake(DuckFile file, LakeWriter writer, HttpServer server, String apiKey) {
        this.file = file;
        this.writer = writer;
        this.server = server;
        this.reader = new SqlReader(file);
        this.front = new Front(apiKey, writer, reader);
        this.workers = Executors.newFixedThreadPool(THREADS, LocalLake::worker);
        server.createContext("/", front);
        server.setExecutor(workers);
        server.start();
    }

    /** Starts describing a lake. */
    public static Builder builder() {
        return new Builder();
    }

    /** Where the server listens, as in {@code http://127.0.0.1:40213}; rows are posted to {@code /v2/stream} there. */
    public URI baseUrl() {
        InetSocketAddress address = server.getAddress();
        InetAddress host =
                address.getAddress().isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : address.getAddress();
        String text = host.getHostAddress();
        return URI.create("http://" + (text.contains(":") ? "[" + text + "]" : text) + ":" + address.getPort());
    }

    /**
     * Runs one reading statement over what has landed so far, and returns all its rows.
     *
     * @throws LakeException when the SQL is wrong, would write, or reaches for other files
     */
    public List<Map<String, @Nullable Object>> query(String sql) {
        if (closed.get()) {
            throw new LakeException("the lake is closed: open its file with any DuckDB client instead");
        }
        return reader.query(sql, Integer.MAX_VALUE).asMaps();
    }

    /** Answers the next {@code requests} pushes with 429 and {@code Retry-After}, in whole seconds rounded up. */
    public void throttle(int requests, Duration retryAfter) {
        if (requests < 0 || retryAfter.isNegative()) {
            throw new IllegalArgumentException(
                    "requests and retryAfter must not be negative; they are " + requests + " and " + retryAfter);
        }
        front.throttle().set(requests, retryAfter);
    }

    /** How many times anything was posted to {@code /v2/stream}, refused requests included. */
    public long requests() {
        return front.requests();
    }

    /** For tests that close in the middle of a query. */
    boolean isQuerying() {
        return reader.isRunning();
    }

    /** Lets running requests end for up to 5 seconds, then closes the file so that any DuckDB client can open it. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        try (file;
                writer;
                reader) {
            stopServing();
            file.checkpoint();
        } catch (SQLException e) {
            throw new LakeException("the last checkpoint failed; the rows are in the log beside the file", e);
        }
    }

    private void stopServing() {
        try {
            front.shut(PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        server.stop(0);
        reader.close();
        workers.shutdown();
        try {
            if (!workers.awaitTermination(1, TimeUnit.SECONDS)) {
                workers.shutdownNow();
            }
        } catch (InterruptedException e) {
            workers.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    private static Thread worker(Runnable work) {
        Thread thread = new Thread(work, "local-lake-" + WORKERS.incrementAndGet());
        thread.setDaemon(true);
        return thread;
    }

    /** Describes a lake and starts it. */
    public static final class Builder {
        private @Nullable Path file;
        private @Nullable String apiKey;
        private int port;
        private String bind = "127.0.0.1";

        private Builder() {}

        /** The DuckDB file; created when absent. Required. */
        public Builder file(Path file) {
            this.file = file;
            return this;
        }

        /** The key that clients send as {@code Authorization: Bearer KEY}. Required. */
        public Builder apiKey(String apiKey) {
            this.apiKey = apiKey;
            return this;
        }

        /** The port; 0, the default, takes any free one. */
        public Builder port(int port) {
            this.port = port;
            return this;
        }

        /** The address to listen on; the default, 127.0.0.1, is reached from this machine only. */
        public Builder bind(String address) {
            this.bind = address;
            return this;
        }

        /**
         * Opens the file and starts to listen.
         *
         * @throws LakeException when the file or the port cannot be had
         */
        public LocalLake start() {
            if (file == null) {
                throw new IllegalStateException("file is missing: name the DuckDB file to land rows in");
            }
            if (apiKey == null || apiKey.isBlank()) {
                throw new IllegalStateException("apiKey is missing or blank: choose the key clients must send");
            }
            if (port < 0 || port > 65_535) {
                throw new IllegalStateException("port must be 0 to 65535; it is " + port);
            }
            return start(file, apiKey);
        }

        private LocalLake start(Path file, String apiKey) {
            HttpServer server = listen();
            try {
                return start(DuckFile.openForWriting(file), server, apiKey);
            } catch (LakeException e) {
                server.stop(0);
                throw e;
            }
        }

        private static LocalLake start(DuckFile file, HttpServer server, String apiKey) {
            try {
                return new LocalLake(file, LakeWriter.open(file), server, apiKey);
            } catch (LakeException e) {
                file.close();
                throw e;
            }
        }

        private HttpServer listen() {
            try {
                return HttpServer.create(new InetSocketAddress(bind, port), 0);
            } catch (IOException e) {
                throw new LakeException(
                        "cannot listen on " + bind + ":" + port + ": " + e.getMessage() + "; port 0 takes any free one",
                        e);
            }
        }
    }
}
