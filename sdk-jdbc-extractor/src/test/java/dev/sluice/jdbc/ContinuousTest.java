package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.StreamClient;
import dev.sluice.batch.Batch;
import dev.sluice.batch.BatchPolicy;
import dev.sluice.jdbc.SyncReport.TableReport;
import dev.sluice.jdbc.TableStatus.State;
import dev.sluice.jdbc.checkpoint.CheckpointException;
import dev.sluice.transport.Reply;
import dev.sluice.transport.Transport;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class ContinuousTest {
    private final TestDatabase db = new TestDatabase();
    private final ManyTables tables = new ManyTables(db, 3);
    private final RecordingLake lake = new RecordingLake();
    private final StreamClient client =
            StreamClient.builder().maxInFlight(1).transport(lake).build();
    private final CrashingStore store = new CrashingStore();
    private final HandClock clock = new HandClock();
    private final List<String> ended = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        client.close();
        db.close();
    }

    @Test
    void follows_changes_until_it_is_stopped() throws Exception {
        tables.fill(1, 1, 15);
        JdbcExtractor extractor = extractor(client, 1).build();
        CompletableFuture<SyncReport> running = start(extractor);
        awaitIdle(1);
        assertThat(lake.rows()).hasSize(15);
        tables.fill(1, 16, 20);
        step(Duration.ofSeconds(1), 1);
        assertThat(lake.values("id")).hasSize(20).doesNotHaveDuplicates();
        extractor.stop();
        SyncReport report = end(running);
        assertThat(report.isClean()).isTrue();
        assertThat(report.tables()).extracting(TableReport::rows).containsExactly(5L);
    }

    @Test
    void looks_more_seldom_while_nothing_comes_and_more_often_when_something_did() throws Exception {
        tables.fill(1, 1, 1);
        JdbcExtractor extractor = extractor(client, 1).build();
        CompletableFuture<SyncReport> running = start(extractor);
        awaitIdle(1);
        assertThat(untilNext(extractor, 0)).isEqualTo(Duration.ofSeconds(1));
        step(Duration.ofSeconds(1), 1);
        assertThat(untilNext(extractor, 0)).isEqualTo(Duration.ofMillis(1_500));
        step(Duration.ofMillis(1_500), 1);
        assertThat(untilNext(extractor, 0)).isEqualTo(Duration.ofMillis(2_250));
        tables.fill(1, 2, 2);
        step(Duration.ofMillis(2_250), 1);
        assertThat(untilNext(extractor, 0)).isEqualTo(Duration.ofMillis(1_125));
        extractor.stop();
        end(running);
        assertThat(extractor.status().get(0).nextPass()).isNull();
    }

    @Test
    void comes_back_to_a_table_that_failed_and_goes_on_with_the_others() throws Exception {
        tables.fill(1, 1, 5);
        db.run("ALTER TABLE t2 RENAME TO elsewhere");
        JdbcExtractor extractor = extractor(client, 1, 2).build();
        CompletableFuture<SyncReport> running = start(extractor);
        awaitIdle(2);
        TableStatus failed = extractor.status().get(1);
        assertThat(failed.state()).isEqualTo(State.FAILED);
        assertThat(failed.error()).contains("there is no table or view t2");
        assertThat(untilNext(extractor, 1)).isEqualTo(Duration.ofSeconds(5));
        db.run("ALTER TABLE elsewhere RENAME TO t2");
        tables.fill(2, 1, 5);
        step(Duration.ofSeconds(2), 1);
        assertThat(ended.get(2)).isEqualTo("public.t1");
        step(Duration.ofSeconds(3), 2);
        assertThat(ended.subList(3, 5)).containsExactlyInAnyOrder("public.t1", "public.t2");
        assertThat(extractor.status().get(1).state()).isEqualTo(State.WAITING);
        assertThat(lake.rows()).hasSize(10);
        extractor.stop();
        end(running);
    }

    @Test
    void gives_the_turn_to_the_table_that_waits_for_the_longest() throws Exception {
        tables.fill(3, 1, 1);
        JdbcExtractor extractor = extractor(client, 1, 2, 3).build();
        CompletableFuture<SyncReport> running = start(extractor);
        awaitIdle(3);
        assertThat(ended).containsExactly("public.t1", "public.t2", "public.t3");
        // The third had rows, so its time came half a second before the others'.
        step(Duration.ofSeconds(10), 3);
        assertThat(ended.subList(3, 6)).containsExactly("public.t3", "public.t1", "public.t2");
        extractor.stop();
        end(running);
    }

    @Test
    void ends_all_tables_when_it_is_stopped_while_some_wait() throws Exception {
        tables.fill(1, 1, 20);
        tables.fill(2, 1, 20);
        JdbcExtractor extractor = extractor(client, 1, 2, 3).parallelTables(3).build();
        CompletableFuture<SyncReport> running = start(extractor);
        Eventually.until(() -> ended.size() == 3);
        clock.awaitWaiters(3);
        extractor.stop();
        assertThat(end(running).isClean()).isTrue();
        assertThat(lake.rows()).hasSize(40);
    }

    @Test
    void ends_at_once_when_it_is_stopped_while_it_waits_for_the_database() throws Exception {
        DataSource down = SingleConnection.source(() -> {
            throw new SQLException("Connection refused", "08001");
        });
        JdbcExtractor extractor = JdbcExtractor.builder(down, client)
                .readAhead(false)
                .timing(clock)
                .table(ManyTables.plan(1))
                .build();
        CompletableFuture<SyncReport> running = start(extractor);
        clock.awaitWaiters(1);
        extractor.stop();
        assertThat(end(running).tables().get(0).error()).hasMessageContaining("Connection refused");
    }

    @Test
    void ends_and_keeps_the_flag_when_it_is_interrupted() throws Exception {
        JdbcExtractor extractor = extractor(client, 1, 2).build();
        CompletableFuture<Boolean> flag = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            extractor.run(Polling.DEFAULT);
            flag.complete(Thread.currentThread().isInterrupted());
        });
        thread.start();
        awaitIdle(2);
        thread.interrupt();
        assertThat(flag.get(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void is_the_one_runner_until_it_ends() throws Exception {
        JdbcExtractor extractor = extractor(client, 1).build();
        CompletableFuture<SyncReport> running = start(extractor);
        awaitIdle(1);
        assertThatThrownBy(() -> store.lock(Duration.ZERO)).isInstanceOf(CheckpointException.class);
        extractor.stop();
        end(running);
        store.lock(Duration.ZERO).close();
    }

    @Test
    void throws_what_one_table_died_of_when_the_others_have_ended() throws Exception {
        JdbcExtractor extractor = extractor(client, 1, 2, 3).parallelTables(3).build();
        CompletableFuture<SyncReport> running = start(extractor);
        Eventually.until(() -> ended.size() == 3);
        clock.awaitWaiters(3);
        tables.fill(2, 1, 1);
        lake.beforeAnswer(batch -> store.crash());
        clock.advance(Duration.ofSeconds(2));
        assertThatThrownBy(() -> running.get(30, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(CrashingStore.CrashError.class);
        store.lock(Duration.ZERO).close();
    }

    @Test
    void reads_no_page_ahead_while_the_api_asks_to_wait() throws Exception {
        tables.fill(1, 1, 30);
        MoodyLake moody = new MoodyLake();
        moody.answer = new Reply.Refused(429, "slow down", Duration.ofSeconds(10), null);
        HandClock requests = new HandClock();
        try (StreamClient throttled = StreamClient.builder()
                .maxInFlight(1)
                .transport(moody)
                .timing(requests)
                .build()) {
            FaultyConnections counted =
                    new FaultyConnections(db.dataSource(), (connection, method, arguments) -> arguments);
            JdbcExtractor extractor = configured(
                            JdbcExtractor.builder(counted.source(), throttled).readAhead(false), 1)
                    .build();
            CompletableFuture<SyncReport> running = start(extractor);
            Eventually.until(() -> moody.requests.get() == 1);
            int readSoFar = counted.taken();
            for (int i = 2; i <= 5; i++) {
                int request = i;
                Eventually.until(() -> {
                    requests.advance(Duration.ofSeconds(1));
                    return moody.requests.get() >= request;
                });
            }
            assertThat(counted.taken()).isEqualTo(readSoFar);
            assertThat(moody.written).hasValue(0);
            moody.answer = null;
            Eventually.until(() -> {
                requests.advance(Duration.ofSeconds(1));
                return ended.size() == 1;
            });
            clock.awaitWaiters(1);
            assertThat(moody.written).hasValue(30);
            assertThat(untilNext(extractor, 0)).isEqualTo(Duration.ofMillis(1_500));
            extractor.stop();
            end(running);
        }
    }

    @Test
    void goes_on_when_the_key_works_again() throws Exception {
        tables.fill(1, 1, 5);
        MoodyLake moody = new MoodyLake();
        moody.answer = new Reply.Unauthorized(401, "no such key", false, null);
        try (StreamClient locked =
                StreamClient.builder().maxInFlight(1).transport(moody).build()) {
            JdbcExtractor extractor = extractor(locked, 1).build();
            CompletableFuture<SyncReport> running = start(extractor);
            awaitIdle(1);
            assertThat(extractor.status().get(0).state()).isEqualTo(State.FAILED);
            assertThat(untilNext(extractor, 0)).isEqualTo(Duration.ofSeconds(5));
            moody.answer = null;
            step(Duration.ofSeconds(5), 1);
            assertThat(moody.written).hasValue(5);
            extractor.stop();
            assertThat(end(running).isClean()).isTrue();
        }
    }

    /** Takes everything, unless it is set to answer something else. */
    private static final class MoodyLake implements Transport {
        private final AtomicInteger requests = new AtomicInteger();
        private final AtomicInteger written = new AtomicInteger();
        private volatile Reply answer;

        @Override
        public Reply send(Batch batch, Duration timeout) {
            requests.incrementAndGet();
            Reply now = answer;
            if (now != null) {
                return now;
            }
            written.addAndGet(batch.rows());
            return new Reply.Counted(batch.rows(), 0, "req_1", null, List.of());
        }

        @Override
        public void close() {}
    }

    private JdbcExtractor.Builder extractor(StreamClient to, int... of) {
        return configured(JdbcExtractor.builder(db.dataSource(), to).readAhead(false), of);
    }

    private JdbcExtractor.Builder configured(JdbcExtractor.Builder builder, int... of) {
        builder.checkpoints(store)
                .timing(clock)
                .pages(new BatchPolicy(10, 1_000_000))
                .listener(new SyncListener() {
                    @Override
                    public void tableEnded(TableReport report) {
                        ended.add(report.source().startsWith("public.") ? report.source() : "no " + report.source());
                    }
                });
        for (int table : of) {
            builder.table(ManyTables.plan(table));
        }
        return builder;
    }

    private static CompletableFuture<SyncReport> start(JdbcExtractor extractor) {
        CompletableFuture<SyncReport> report = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                report.complete(extractor.run(Polling.DEFAULT));
            } catch (Throwable e) {
                report.completeExceptionally(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return report;
    }

    private static SyncReport end(CompletableFuture<SyncReport> running) throws Exception {
        return running.get(30, TimeUnit.SECONDS);
    }

    /** Until so many passes have ended and the one thread waits. */
    private void awaitIdle(int passes) {
        Eventually.until(() -> ended.size() == passes);
        clock.awaitWaiters(1);
    }

    private void step(Duration time, int passes) {
        int before = ended.size();
        clock.advance(time);
        awaitIdle(before + passes);
    }

    private Duration untilNext(JdbcExtractor extractor, int table) {
        return Duration.between(clock.now(), extractor.status().get(table).nextPass());
    }
}
