package dev.sluice.transport;

import dev.sluice.batch.Batch;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import okhttp3.Call;
import okhttp3.ConnectionPool;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;

/**
 * The Stream API over HTTP: {@code POST {baseUrl}/v2/stream}.
 *
 * <p>Every attempt is exactly one request: OkHttp's own re-sending after broken connections, its redirects (which would
 * carry the key to a stranger or turn the POST into a GET) and its answers to 408 and 503 are all off. Sockets are
 * {@code TCP_NODELAY}, for Nagle's algorithm holds back the last segment of a small request. Safe for use by several
 * threads.
 */
public final class StreamApi implements Transport {
    /** No answer of the API is longer than this; of what is, the rest is not read. */
    private static final long MAX_ANSWER_BYTES = 1_048_576;

    private static final int IDLE_CONNECTIONS = 8;

    private final HttpUrl url;
    private final Supplier<ApiKey> key;
    private final boolean wait;
    private final Duration connectTimeout;
    private final Duration timeout;
    private volatile boolean gzip;
    private volatile @Nullable OkHttpClient http;

    private StreamApi(Builder builder) {
        this.url = endpoint(builder.baseUrl);
        this.key = required("an apiKey", builder.key);
        this.wait = builder.wait;
        this.gzip = builder.gzip;
        this.connectTimeout = builder.connectTimeout;
        this.timeout = builder.timeout;
    }

    /** Made for the first request: it sets TLS up, which is slow, and a sync that finds nothing new sends nothing. */
    OkHttpClient http() {
        OkHttpClient made = http;
        return made == null ? connected() : made;
    }

    private synchronized OkHttpClient connected() {
        OkHttpClient made = http;
        if (made == null) {
            made = new OkHttpClient.Builder()
                    .connectTimeout(connectTimeout)
                    .readTimeout(timeout)
                    .writeTimeout(timeout)
                    .connectionPool(new ConnectionPool(IDLE_CONNECTIONS, 1, TimeUnit.MINUTES))
                    .socketFactory(new NoDelaySocketFactory())
                    .retryOnConnectionFailure(false)
                    .followRedirects(false)
                    .followSslRedirects(false)
                    .build();
            http = made;
        }
        return made;
    }

    /** A builder with the defaults that its methods tell. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public Reply send(Batch batch, Duration timeout) {
        boolean compress = gzip;
        long begun = System.nanoTime();
        Reply reply = exchange(batch, timeout, compress);
        if (compress && reply instanceof Reply.Refused refused && refused.status() == 415) {
            // Not a word on the rows: the server does not take compressed bodies. From now on it gets plain ones.
            gzip = false;
            return exchange(batch, timeout.minusNanos(System.nanoTime() - begun), false);
        }
        return reply;
    }

    @Override
    public void close() {
        OkHttpClient made = http;
        if (made != null) {
            made.dispatcher().cancelAll();
            made.connectionPool().evictAll();
        }
    }

    private Reply exchange(Batch batch, Duration timeout, boolean compress) {
        ApiKey current;
        try {
            current = Objects.requireNonNull(key.get());
        } catch (RuntimeException e) {
            return new Reply.NotSent(
                    "the supplier of the API key failed with " + e.getClass().getName());
        }
        BatchBody body = new BatchBody(new Envelope(batch, wait), compress);
        Call call = http().newCall(request(batch, body, current.secret()));
        // OkHttp takes 0 for "for ever".
        call.timeout().timeout(Math.max(1, timeout.toNanos()), TimeUnit.NANOSECONDS);
        try (Response response = execute(call)) {
            return reply(response, new ApiAnswer(current), batch.rows());
        } catch (IOException e) {
            String problem = e.getClass().getSimpleName() + ": " + current.hideIn(String.valueOf(e.getMessage()));
            return broken(body, problem);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return broken(body, "interrupted");
        }
    }

    /** Kotlin declares no exceptions: OkHttp throws the second one when its wait for a connection is interrupted. */
    private static Response execute(Call call) throws IOException, InterruptedException {
        return call.execute();
    }

    private static Reply broken(BatchBody body, String problem) {
        return body.sent() ? new Reply.Unreadable(problem, 0) : new Reply.NotSent(problem);
    }

    private Reply reply(Response response, ApiAnswer answer, int rows) throws IOException {
        int status = response.code();
        if (status > 200 && status < 300) {
            return new Reply.Unreadable("HTTP " + status + " instead of 200: the rows may be written", status);
        }
        return status == 200
                ? answer.ok(type(response), read(response.body().source()), rows)
                : answer.refused(
                        status, type(response), wordsOf(response), retryAfter(response), !(key instanceof ApiKey));
    }

    private Request request(Batch batch, BatchBody body, String secret) {
        Request.Builder request = new Request.Builder()
                .url(url)
                .header("Authorization", "Bearer " + secret)
                .header("Idempotency-Key", batch.id().value())
                .header("Accept", "application/json")
                .header("User-Agent", "sluice-java")
                .post(body);
        if (body.isCompressed()) {
            request.header("Content-Encoding", "gzip");
        }
        return request.build();
    }

    private static String read(BufferedSource source) throws IOException {
        if (source.request(MAX_ANSWER_BYTES + 1)) {
            throw new IOException("the answer is longer than " + MAX_ANSWER_BYTES + " bytes");
        }
        return source.readUtf8();
    }

    /** A refusal is told by its status: what else a server says before it hangs up may be lost. */
    private static String wordsOf(Response response) {
        try {
            return read(response.body().source());
        } catch (IOException e) {
            return "";
        }
    }

    private static String type(Response response) {
        return Objects.requireNonNullElse(response.header("Content-Type"), "");
    }

    /** A date is meant by the server's clock, which tells its time in the same answer. */
    private static @Nullable Duration retryAfter(Response response) {
        Instant here = Clock.systemUTC().instant();
        Instant there = RetryAfter.date(response.header("Date")).orElse(here);
        return RetryAfter.parse(response.header("Retry-After"), there);
    }

    private static HttpUrl endpoint(@Nullable String baseUrl) {
        HttpUrl base = HttpUrl.parse(required("a baseUrl", baseUrl));
        if (base == null) {
            throw new IllegalArgumentException("baseUrl must be an http or https URL: " + withoutUser(baseUrl));
        }
        if (base.query() != null || base.fragment() != null || !base.username().isEmpty()) {
            throw new IllegalArgumentException(
                    "baseUrl takes no user, query or fragment, only scheme, host, port and path: " + base.redact());
        }
        return base.newBuilder().addPathSegments("v2/stream").build();
    }

    private static String withoutUser(@Nullable String url) {
        return String.valueOf(url).replaceFirst("//[^/]*@", "//****@");
    }

    private static <T> T required(String what, @Nullable T value) {
        if (value == null) {
            throw new IllegalArgumentException("StreamApi needs " + what);
        }
        return value;
    }

    /** How the Stream API is reached. */
    public static final class Builder {
        private @Nullable String baseUrl;
        private @Nullable Supplier<ApiKey> key;
        private Duration connectTimeout = Duration.ofSeconds(10);
        private Duration timeout = Duration.ofSeconds(60);
        private boolean wait;
        private boolean gzip;

        private Builder() {}

        /** The API's address without {@code /v2/stream}, which is added; required. */
        public Builder baseUrl(String url) {
            this.baseUrl = url;
            return this;
        }

        /**
         * Asked for the key before each request; required. An {@link ApiKey} itself will do; with any other supplier
         * the client expects that a key which is refused may be replaced.
         */
        public Builder apiKey(Supplier<ApiKey> supplier) {
            this.key = supplier;
            return this;
        }

        /** The most time for reaching the server, TCP and TLS each; 10 seconds unless set. */
        public Builder connectTimeout(Duration atMost) {
            this.connectTimeout = positive("connectTimeout", atMost);
            return this;
        }

        /** The most time without a byte moving either way; 60 seconds unless set. */
        public Builder timeout(Duration atMost) {
            this.timeout = positive("timeout", atMost);
            return this;
        }

        /** Whether the API answers only when the rows are committed, naming their snapshot; it does not unless set. */
        public Builder waitForCommit(boolean on) {
            this.wait = on;
            return this;
        }

        /** Whether bodies are compressed; they are not unless set, and no more once the server answers 415. */
        public Builder gzip(boolean on) {
            this.gzip = on;
            return this;
        }

        /**
         * The transport; it connects when the first batch is sent.
         *
         * @throws IllegalArgumentException if the address is missing or none
         */
        public StreamApi build() {
            return new StreamApi(this);
        }

        private static Duration positive(String name, Duration value) {
            // OkHttp counts in int milliseconds, and takes 0 for "for ever".
            if (value.toMillis() < 1 || value.toMillis() > Integer.MAX_VALUE) {
                throw new IllegalArgumentException(name + " must be 1 ms to 24 days, found " + value);
            }
            return value;
        }
    }
}
