package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sluice.batch.Batch;
import dev.sluice.batch.BatchPolicy;
import dev.sluice.micrometer.ClientMetrics;
import dev.sluice.transport.Reply;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientMetricsTest extends PushTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ClientMetrics metrics = new ClientMetrics(registry);

    private StreamClient watched() {
        StreamClient client = settings.listener(metrics).build();
        metrics.watch(client);
        return client;
    }

    @Test
    void counts_rows_and_requests_when_all_are_delivered() {
        settings.batches(new BatchPolicy(2, 1_000));
        transport.answer(batch -> {
            timing.advance(Duration.ofMillis(250));
            return Replies.allWritten(batch);
        });
        try (StreamClient client = watched()) {
            client.push(append(3));
            assertThat(rows("delivered")).isEqualTo(3);
            assertThat(rows("dead")).isZero();
            assertThat(rows("held")).isZero();
            assertThat(latency().count()).isEqualTo(2);
            assertThat(latency().totalTime(TimeUnit.MILLISECONDS)).isEqualTo(500);
            assertThat(registry.find("sluice.errors").counters()).isEmpty();
            assertThat(gauge("sluice.rows.submitted")).isEqualTo(3);
            assertThat(gauge("sluice.rows.delivered")).isEqualTo(3);
            assertThat(gauge("sluice.rows.pending")).isZero();
            assertThat(gauge("sluice.pending.bytes")).isZero();
        }
    }

    @Test
    void counts_each_failed_request_and_each_retry() {
        transport.script(Replies.notSent(), Replies.refused(503), Replies.later(429, Duration.ofSeconds(7)));
        try (StreamClient client = watched()) {
            client.push(append(2));
        }
        assertThat(errors("not_sent")).isEqualTo(1);
        assertThat(errors("server")).isEqualTo(1);
        assertThat(errors("busy")).isEqualTo(1);
        assertThat(retries()).isEqualTo(3);
        assertThat(latency().count()).isEqualTo(4);
        assertThat(latency().totalTime(TimeUnit.SECONDS))
                .as("without the waits")
                .isZero();
    }

    @Test
    void counts_the_requests_that_find_a_bad_row_and_its_dead_letter() {
        keepDeadLetters();
        transport.answer(batch -> holds(batch, json(3)) ? Replies.refused(422) : Replies.allWritten(batch));
        try (StreamClient client = watched()) {
            client.push(append(4));
            assertThat(rows("delivered")).isEqualTo(3);
            assertThat(rows("dead")).isEqualTo(1);
            assertThat(errors("rows")).as("of 4, 2 and 1 rows").isEqualTo(3);
            assertThat(gauge("sluice.rows.dead")).isEqualTo(1);
        }
    }

    @Test
    void counts_rows_that_are_held_and_those_superseded() {
        retries(1, Duration.ofMinutes(2));
        transport.answer(batch -> Replies.notSent());
        try (StreamClient client = watched()) {
            PushRequest merge =
                    PushRequest.merge(TABLE, "id").rows(List.of(rows(2).get(0), rows(2).get(1), rows(1).get(0)));
            assertThat(catchThrowable(() -> client.push(merge))).isInstanceOf(PushException.Undelivered.class);
            assertThat(rows("held")).isEqualTo(2);
            assertThat(errors("not_sent")).isEqualTo(1);
            assertThat(registry.find("sluice.retries").counters()).isEmpty();
            assertThat(gauge("sluice.rows.held")).isEqualTo(2);
            assertThat(gauge("sluice.rows.superseded")).isEqualTo(1);
        }
    }

    @Test
    void shows_what_waits_in_a_writer() {
        try (StreamClient client = watched();
                StreamWriter writer = client.writer(TABLE).open()) {
            assertThat(writer.offer(rows(1).get(0))).isTrue();
            assertThat(gauge("sluice.rows.pending")).isEqualTo(1);
            assertThat(gauge("sluice.pending.bytes"))
                    .isEqualTo(client.pendingBytes())
                    .isPositive();
            writer.flush(Duration.ofSeconds(1));
            assertThat(gauge("sluice.rows.pending")).isZero();
            assertThat(rows("delivered")).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @CsvSource({"200,up", "429,busy", "401,auth", "503,down"})
    void shows_the_health_of_the_latest_attempt(int status, String state) {
        retries(1, Duration.ofMinutes(2));
        transport.answer(batch -> switch (status) {
            case 200 -> Replies.allWritten(batch);
            case 401 -> Replies.unauthorized(false);
            default -> Replies.refused(status);
        });
        try (StreamClient client = watched()) {
            Throwable ignored = catchThrowable(() -> client.push(append(1)));
            for (String other : List.of("up", "busy", "auth", "down")) {
                assertThat(registry.get("sluice.health")
                                .tag("state", other)
                                .gauge()
                                .value())
                        .as(other)
                        .isEqualTo(other.equals(state) ? 1 : 0);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"400,rows", "413,too_large", "404,other", "408,server", "425,busy"})
    void names_the_kind_of_error_by_the_status(int status, String kind) {
        metrics.attempted(batch("b", 1), Replies.refused(status), Duration.ofMillis(1));
        assertThat(errors(kind)).isEqualTo(1);
    }

    @Test
    void names_the_kind_of_error_when_there_is_no_status() {
        Batch batch = batch("b", 2);
        metrics.attempted(batch, Replies.unreadable(), Duration.ZERO);
        metrics.attempted(batch, Replies.unauthorized(true), Duration.ZERO);
        metrics.attempted(batch, Replies.written(1, 1), Duration.ZERO);
        assertThat(List.of(errors("unreadable"), errors("key"), errors("rows"))).containsOnly(1.0);
    }

    @Test
    void tags_nothing_but_table_outcome_kind_and_state() {
        keepDeadLetters();
        transport.script(Replies.refused(500), Replies.unreadable()).answer(batch -> Replies.refused(400));
        try (StreamClient client = watched()) {
            client.push(append(3));
        }
        Set<String> tags = new TreeSet<>();
        for (Meter meter : registry.getMeters()) {
            meter.getId().getTags().stream().map(Tag::getKey).forEach(tags::add);
        }
        assertThat(tags).containsExactly("kind", "outcome", "state", "table");
    }

    @Test
    void tells_another_listener_too() {
        List<String> heard = new ArrayList<>();
        settings.listener(metrics).listener(new PushListener() {
            @Override
            public void attempted(Batch batch, Reply reply, Duration took) {
                heard.add(reply.getClass().getSimpleName());
            }
        });
        transport.script(Replies.notSent());
        push(2);
        assertThat(heard).containsExactly("NotSent", "Counted");
        assertThat(retries()).isEqualTo(1);
    }

    @Test
    void tells_the_others_when_one_listener_fails() {
        settings.listener(new PushListener() {
                    @Override
                    public void attempted(Batch batch, Reply reply, Duration took) {
                        throw new IllegalStateException("bug");
                    }
                })
                .listener(metrics);
        push(2);
        assertThat(rows("delivered")).isEqualTo(2);
        assertThat(latency().count()).isEqualTo(1);
    }

    @Test
    void tells_clients_apart_by_the_tags_it_was_given() {
        ClientMetrics other = new ClientMetrics(registry, "client", "other");
        try (StreamClient first = watched();
                StreamClient second = settings.build()) {
            other.watch(second);
            first.push(append(1));
            assertThat(registry.find("sluice.rows.submitted").gauges()).hasSize(2);
            assertThat(registry.get("sluice.rows.submitted")
                            .tag("client", "other")
                            .gauge()
                            .value())
                    .isZero();
        }
    }

    @Test
    void shows_the_client_that_is_watched_last() {
        try (StreamClient before = watched()) {
            before.push(append(1));
        }
        ClientMetrics next = new ClientMetrics(registry);
        try (StreamClient client = settings.build()) {
            next.watch(client);
            client.push(append(5));
            metrics.close();
            assertThat(gauge("sluice.rows.submitted")).isEqualTo(5);
        }
    }

    @Test
    void takes_its_gauges_away_when_closed() {
        try (StreamClient client = watched()) {
            client.push(append(1));
        }
        metrics.close();
        metrics.close();
        assertThat(registry.getMeters())
                .extracting(meter -> meter.getId().getName())
                .containsExactlyInAnyOrder(
                        "sluice.push.latency", "sluice.rows.pushed", "sluice.rows.pushed", "sluice.rows.pushed");
    }

    @Test
    void keeps_no_client_in_memory() {
        metrics.watch(settings.build());
        for (int i = 0; i < 100 && !Double.isNaN(gauge("sluice.rows.pending")); i++) {
            System.gc();
        }
        assertThat(gauge("sluice.rows.pending")).isNaN();
    }

    private double gauge(String name) {
        return registry.get(name).gauge().value();
    }

    private double rows(String outcome) {
        return registry.get("sluice.rows.pushed")
                .tags("table", TABLE, "outcome", outcome)
                .counter()
                .count();
    }

    private double errors(String kind) {
        return registry.get("sluice.errors")
                .tags("table", TABLE, "kind", kind)
                .counter()
                .count();
    }

    private double retries() {
        return registry.get("sluice.retries").tag("table", TABLE).counter().count();
    }

    private Timer latency() {
        return registry.get("sluice.push.latency").tag("table", TABLE).timer();
    }
}
