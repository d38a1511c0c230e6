package dev.sluice.benchmarks;

import com.influxdb.client.InfluxDBClient;
import com.influxdb.client.InfluxDBClientFactory;
import com.influxdb.client.InfluxDBClientOptions;
import com.influxdb.client.WriteApi;
import com.influxdb.client.WriteOptions;
import com.influxdb.client.domain.WritePrecision;
import com.influxdb.client.write.Point;
import com.influxdb.client.write.events.BackpressureEvent;
import com.influxdb.client.write.events.WriteErrorEvent;
import com.influxdb.client.write.events.WriteRetriableErrorEvent;
import com.influxdb.client.write.events.WriteSuccessEvent;
import dev.sluice.benchmarks.measure.MarkerCount;
import java.net.URI;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import okhttp3.OkHttpClient;

/**
 * The client of InfluxDB 2, point by point.
 *
 * <p>Its {@code WriteApi} drops points when its buffer is full, and never makes the caller wait. Here the caller does,
 * for the success of earlier batches: each batch takes a permit when it begins, and its success gives it back.
 */
final class Influx<T> implements Contestant {
    private static final int NEVER_MILLIS = 3_600_000;
    private static final int DEFAULT_BUFFER = 10_000;

    private final List<T> pool;
    private final BiConsumer<WriteApi, T> write;
    private final int batch;
    private final int permits;
    private final Semaphore room;
    private volatile String problem = "";
    private final InfluxDBClient client;
    private final WriteApi api;

    private Influx(URI sink, List<T> pool, BiConsumer<WriteApi, T> write, int batch, boolean noDelay) {
        this.pool = pool;
        this.write = write;
        this.batch = batch;
        int buffer = Math.max(DEFAULT_BUFFER, 4 * batch);
        this.permits = buffer / batch;
        this.room = new Semaphore(permits);
        this.client = InfluxDBClientFactory.create(options(sink, noDelay));
        this.api = client.makeWriteApi(WriteOptions.builder()
                .batchSize(batch)
                .bufferLimit(buffer)
                // Each batch is full, or the last: the count of successes relies on it.
                .flushInterval(NEVER_MILLIS)
                .build());
        listen();
    }

    /** Points, which the client has to encode. */
    static Influx<Point> points(URI sink, int batch, boolean noDelay) {
        return new Influx<>(sink, Event.pool(Influx::point), WriteApi::writePoint, batch, noDelay);
    }

    /** Lines of its protocol, ready to be sent. */
    static Influx<String> lines(URI sink, int batch) {
        return new Influx<>(
                sink,
                Event.pool(event -> point(event).toLineProtocol()),
                (api, line) -> api.writeRecord(WritePrecision.NS, line),
                batch,
                true);
    }

    private static InfluxDBClientOptions options(URI sink, boolean noDelay) {
        OkHttpClient.Builder http = new OkHttpClient.Builder();
        if (noDelay) {
            http.socketFactory(new NoDelaySockets());
        }
        return InfluxDBClientOptions.builder()
                .url(sink.toString())
                .authenticateToken("benchmark".toCharArray())
                .org("bronze")
                .bucket("events")
                .okHttpClient(http)
                .build();
    }

    private static Point point(Event event) {
        return Point.measurement("events")
                .addTag("kind", event.kind())
                .addField("id", event.id())
                .addField("user", event.user())
                .addField("path", event.path())
                .addField(MarkerCount.MARKER, event.sequence_number())
                .addField("amount", event.amount())
                .addField("mobile", event.mobile())
                .time(event.at(), WritePrecision.NS);
    }

    private void listen() {
        api.listenEvents(WriteSuccessEvent.class, event -> room.release());
        api.listenEvents(WriteErrorEvent.class, event -> fail(String.valueOf(event.getThrowable())));
        api.listenEvents(WriteRetriableErrorEvent.class, event -> fail(String.valueOf(event.getThrowable())));
        api.listenEvents(BackpressureEvent.class, event -> fail("events were dropped: " + event.getReason()));
    }

    private void fail(String what) {
        problem = what;
        room.release(permits);
    }

    @Override
    public void send(int events) throws InterruptedException {
        for (int i = 0; i < events; i++) {
            if (i % batch == 0) {
                await(1);
            }
            write.accept(api, pool.get(i % Event.POOL));
        }
        api.flush();
        await(permits);
        room.release(permits);
    }

    private void await(int batches) throws InterruptedException {
        if (!room.tryAcquire(batches, 1, TimeUnit.MINUTES)) {
            throw new IllegalStateException("no success within a minute");
        }
        if (!problem.isEmpty()) {
            throw new IllegalStateException(problem);
        }
    }

    @Override
    public void close() {
        api.close();
        client.close();
    }
}
