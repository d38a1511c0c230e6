package dev.sluice.micrometer;

import dev.sluice.Health;
import dev.sluice.Ledger;
import dev.sluice.PushListener;
import dev.sluice.StreamClient;
import dev.sluice.batch.Batch;
import dev.sluice.receipt.Receipt;
import dev.sluice.transport.Reply;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/**
 * Counts what a client does, in a Micrometer registry: give it to the client's builder as a listener, and then let it
 * watch the client.
 *
 * <table>
 *   <caption>Meters</caption>
 *   <tr><th>name</th><th>kind</th><th>tags</th><th>what</th></tr>
 *   <tr><td>sluice.rows.pushed</td><td>counter, rows</td><td>table, outcome</td><td>rows whose end was reached:
 *       {@code delivered}, {@code dead} or {@code held}</td></tr>
 *   <tr><td>sluice.errors</td><td>counter, requests</td><td>table, kind</td><td>requests after which not all rows were
 *       written: {@code not_sent}, {@code unreadable}, {@code busy} (425, 429), {@code server} (408, 500,
 *       502 to 504),
 *       {@code key} (401, 403), {@code too_large} (413), {@code rows} (400, 422, or fewer rows written than sent),
 *       {@code other}</td></tr>
 *   <tr><td>sluice.retries</td><td>counter, attempts</td><td>table</td><td>attempts that follow a failed one, counted
 *       when they are decided on</td></tr>
 *   <tr><td>sluice.push.latency</td><td>timer</td><td>table</td><td>the time of one request, without waits</td></tr>
 *   <tr><td>sluice.rows.submitted, .delivered, .superseded, .dead, .held, .pending</td><td>gauges, rows</td><td></td>
 *       <td>the client's {@link Ledger}</td></tr>
 *   <tr><td>sluice.pending.bytes</td><td>gauge, bytes</td><td></td><td>{@link StreamClient#pendingBytes()}</td></tr>
 *   <tr><td>sluice.health</td><td>gauge</td><td>state</td><td>1 for the {@link Health} that the client has now
 *       ({@code up}, {@code busy}, {@code auth} or {@code down}), 0 for the others</td></tr>
 * </table>
 *
 * <p>A registry adds what its system wants: Prometheus shows {@code sluice_rows_pushed_total}. No tag holds an id, a
 * message or a value of a row; there are as many values as tables that are pushed to.
 *
 * <p>The gauges do not keep a client in memory: they refer to it weakly and have no value once it is gone. Safe for use by several threads.
 */
public final class ClientMetrics implements PushListener, AutoCloseable {
    private final MeterRegistry registry;
    private final Tags tags;
    private final List<Meter> gauges = new ArrayList<>();

    /**
     * Counts in {@code registry}.
     *
     * @param tags names and values, in turn, that every meter gets; clients that share a registry need some to be told
     *     apart
     * @throws IllegalArgumentException if a name has no value
     */
    public ClientMetrics(MeterRegistry registry, String... tags) {
        this.registry = registry;
        this.tags = Tags.of(tags);
    }

    /**
     * Shows where the client's rows are, until {@link #close}; takes the place of a client watched before, by this or by
     * metrics with the same tags.
     */
    public synchronized void watch(StreamClient client) {
        gauges.clear();
        ledger(client, "submitted", "Rows handed in", Ledger::submitted);
        ledger(client, "delivered", "Rows that the API says are written", Ledger::delivered);
        ledger(client, "superseded", "Rows of merges not sent for a later one's sake", Ledger::superseded);
        ledger(client, "dead", "Rows that the dead letters hold", Ledger::dead);
        ledger(client, "held", "Rows that were given up and are the caller's again", Ledger::held);
        ledger(client, "pending", "Rows that wait or are on their way", Ledger::pending);
        gauge(Gauge.builder("sluice.pending.bytes", client, StreamClient::pendingBytes)
                .description("JSON in memory, and what goes with it")
                .baseUnit("bytes"));
        for (Health state : Health.values()) {
            ToDoubleFunction<StreamClient> isNow = watched -> watched.health() == state ? 1 : 0;
            gauge(Gauge.builder("sluice.health", client, isNow)
                    .description("How the API answered the latest attempt")
                    .tag("state", state.name().toLowerCase(Locale.ROOT)));
        }
    }

    @Override
    public void attempted(Batch batch, Reply reply, Duration took) {
        Tags table = table(batch);
        registry.timer("sluice.push.latency", table).record(took);
        boolean written = reply instanceof Reply.Counted counted && counted.written() == batch.rows();
        if (!written) {
            registry.counter("sluice.errors", table.and("kind", kind(reply))).increment();
        }
    }

    @Override
    public void retrying(Batch batch, int attempt, String reason, Duration wait) {
        registry.counter("sluice.retries", table(batch)).increment();
    }

    @Override
    public void ended(Batch batch, Receipt.Part part, Duration elapsed) {
        Tags table = table(batch);
        rows(table, "delivered", part.delivered());
        rows(table, "dead", part.dead());
        rows(table, "held", part.undelivered());
    }

    /** Takes the gauges out of the registry; counters and timers keep what they counted. Does not close the client. */
    @Override
    public synchronized void close() {
        List<Meter> registered = registry.getMeters();
        for (Meter gauge : gauges) {
            // By identity: meters with equal names are equal, and may be those of the next client by now.
            if (registered.stream().anyMatch(other -> other == gauge)) {
                registry.remove(gauge);
            }
        }
        gauges.clear();
    }

    private void rows(Tags table, String outcome, int rows) {
        registry.counter("sluice.rows.pushed", table.and("outcome", outcome)).increment(rows);
    }

    private void ledger(StreamClient client, String name, String words, ToLongFunction<Ledger> count) {
        ToDoubleFunction<StreamClient> now = watched -> count.applyAsLong(watched.ledger());
        gauge(Gauge.builder("sluice.rows." + name, client, now).description(words));
    }

    private void gauge(Gauge.Builder<StreamClient> builder) {
        // The first time finds the gauge of a client watched before, which would stay otherwise.
        registry.remove(builder.tags(tags).register(registry));
        gauges.add(builder.register(registry));
    }

    private Tags table(Batch batch) {
        return tags.and(Tag.of("table", batch.destination().table()));
    }

    private static String kind(Reply reply) {
        if (reply instanceof Reply.Refused refused) {
            return switch (refused.status()) {
                case 425, 429 -> "busy";
                case 408, 500, 502, 503, 504 -> "server";
                case 413 -> "too_large";
                case 400, 422 -> "rows";
                default -> "other";
            };
        }
        if (reply instanceof Reply.Unauthorized) {
            return "key";
        }
        if (reply instanceof Reply.Counted) {
            return "rows";
        }
        return reply instanceof Reply.NotSent ? "not_sent" : "unreadable";
    }
}
