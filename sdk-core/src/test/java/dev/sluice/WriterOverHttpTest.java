package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sluice.batch.BatchPolicy;
import dev.sluice.receipt.Receipt;
import dev.sluice.row.Destination;
import dev.sluice.testkit.FakeStreamApi;
import dev.sluice.testkit.Fault;
import dev.sluice.testkit.RecordingDeadLetters;
import dev.sluice.testkit.StreamApiExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Writers with the client's own threads, over HTTP. */
@ExtendWith(StreamApiExtension.class)
@Timeout(120)
class WriterOverHttpTest {
    private static final String TABLE = "bronze.events";
    private static final String OTHER = "bronze.others";
    private static final Duration LONG = Duration.ofSeconds(60);

    private static StreamWriter writer(StreamClient client, String table) {
        return client.writer(table)
                .batches(new BatchPolicy(7, 1_000))
                .linger(Duration.ofMillis(5))
                .open();
    }

    private static Map<String, Integer> row(int id) {
        return Map.of("id", id);
    }

    /** Runs the producer on several threads, each with its number. */
    private static void together(int threads, java.util.function.IntConsumer producer) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<CompletableFuture<Void>> all = IntStream.range(0, threads)
                    .mapToObj(number -> CompletableFuture.runAsync(() -> producer.accept(number), pool))
                    .toList();
            for (CompletableFuture<Void> one : all) {
                one.get(60, TimeUnit.SECONDS);
            }
        } finally {
            pool.shutdownNow();
        }
    }

    private static void trouble(FakeStreamApi api) {
        for (int i = 0; i < 10; i++) {
            api.next(
                    Fault.none(),
                    Fault.status(503),
                    Fault.landedThenReset(),
                    Fault.none(),
                    Fault.cutBody(),
                    Fault.resetBeforeReading(),
                    Fault.status(500),
                    Fault.html200());
        }
    }

    private static List<Integer> ids(FakeStreamApi api, String table) {
        return api.rows(table).stream()
                .map(row -> (Integer) row.get("id"))
                .sorted()
                .toList();
    }

    private static List<Integer> upTo(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    @Test
    void lands_every_row_once_when_several_threads_write_and_the_api_fails(
            FakeStreamApi api, StreamClient.Builder settings) throws Exception {
        trouble(api);
        try (StreamClient client = settings.retries(patient()).build();
                StreamWriter writer = writer(client, TABLE)) {
            together(4, number -> {
                for (int i = 0; i < 500; i++) {
                    CompletableFuture<?> ignored = writer.write(row(number * 500 + i));
                }
            });
            assertThat(writer.flush(LONG)).isEqualTo(new Ledger(2_000, 2_000, 0, 0, 0, 0));
        }
        assertThat(ids(api, TABLE)).isEqualTo(upTo(2_000));
    }

    private static RetryPolicy patient() {
        return new RetryPolicy(1_000, Duration.ofMillis(1), Duration.ofMillis(20), LONG);
    }

    @Test
    void lands_every_row_once_when_threads_write_to_tables_of_their_own(
            FakeStreamApi api, StreamClient.Builder settings) throws Exception {
        trouble(api);
        StreamClient client = settings.retries(patient()).build();
        together(6, number -> {
            try (StreamWriter writer = writer(client, "bronze.t" + number)) {
                for (int i = 0; i < 200; i++) {
                    CompletableFuture<?> ignored = writer.write(row(i));
                }
            }
        });
        for (int table = 0; table < 6; table++) {
            assertThat(ids(api, "bronze.t" + table)).isEqualTo(upTo(200));
        }
        assertThat(Accounts.balanced(client.close(LONG)).ledger()).isEqualTo(new Ledger(1_200, 1_200, 0, 0, 0, 0));
    }

    @Test
    void keeps_the_last_row_of_each_key_when_merged_rows_meet_faults(FakeStreamApi api, StreamClient.Builder settings) {
        trouble(api);
        try (StreamClient client = settings.retries(patient()).build();
                StreamWriter writer = client.writer(Destination.merge(TABLE, "id"))
                        .batches(new BatchPolicy(5, 1_000))
                        .open()) {
            for (int i = 0; i < 300; i++) {
                CompletableFuture<?> ignored = writer.write(Map.of("id", i % 20, "v", i));
            }
        }
        assertThat(api.rows(TABLE))
                .hasSize(20)
                .allSatisfy(row -> assertThat((Integer) row.get("v")).isEqualTo(280 + (Integer) row.get("id")));
    }

    @Test
    void goes_on_with_other_tables_when_one_is_slow(FakeStreamApi api, StreamClient client) {
        Fault.Hold hold = Fault.hold();
        api.forTable(TABLE, hold);
        StreamWriter slow = writer(client, TABLE);
        StreamWriter quick = writer(client, OTHER);
        for (int i = 0; i < 200; i++) {
            assertThat(slow.offer(row(i))).isTrue();
            assertThat(quick.offer(row(i))).isTrue();
        }
        assertThat(quick.flush(LONG).delivered()).isEqualTo(200);
        assertThat(slow.ledger().pending()).isEqualTo(200);
        assertThat(api.requests().stream().filter(request -> request.table().equals(TABLE)))
                .hasSizeLessThanOrEqualTo(4);
        hold.release();
        assertThat(slow.flush(LONG).delivered()).isEqualTo(200);
    }

    @Test
    void reports_every_row_in_time_when_the_api_hangs(FakeStreamApi api, StreamClient.Builder settings)
            throws Exception {
        api.always(Fault.hold());
        StreamClient client = settings.build();
        StreamWriter writer = writer(client, TABLE);
        IntStream.range(0, 50).forEach(i -> assertThat(writer.offer(row(i))).isTrue());
        CompletableFuture<Receipt> async = client.pushAsync(PushTest.append(OTHER_ROWS));
        api.awaitRequests(4, LONG);
        long start = System.nanoTime();
        CloseReport report = Accounts.balanced(client.close(Duration.ofMillis(200)));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
        assertThat(report.heldRows()).isEqualTo(50 + OTHER_ROWS);
        assertThat(async).isCompletedExceptionally();
        assertThat(api.rows(TABLE)).isEmpty();
    }

    private static final int OTHER_ROWS = 3;

    @Test
    void reports_every_row_of_a_writer_in_time_when_the_api_hangs(FakeStreamApi api, StreamClient client)
            throws Exception {
        Fault.Hold hold = Fault.hold();
        api.always(hold);
        StreamWriter writer = writer(client, TABLE);
        IntStream.range(0, 50).forEach(i -> assertThat(writer.offer(row(i))).isTrue());
        api.awaitRequests(1, LONG);
        long start = System.nanoTime();
        assertThat(Accounts.balanced(writer.close(Duration.ofMillis(200))).heldRows())
                .isEqualTo(50);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
        hold.release();
        assertThat(client.push(TABLE, List.of(row(99))).delivered()).isEqualTo(1);
    }

    @Test
    void ends_soon_when_a_push_is_interrupted_while_the_api_hangs(FakeStreamApi api, StreamClient client)
            throws Exception {
        api.always(Fault.hold());
        assertThat(interrupted(api, () -> client.push(TABLE, List.of(row(0)))))
                .isInstanceOf(PushException.Aborted.class);
        client.close(Duration.ZERO);
    }

    @Test
    void ends_at_once_when_a_flush_is_interrupted_and_loses_nothing(FakeStreamApi api, StreamClient client)
            throws Exception {
        Fault.Hold hold = Fault.hold();
        api.always(hold);
        StreamWriter writer = writer(client, TABLE);
        assertThat(writer.offer(row(0))).isTrue();
        assertThat(interrupted(api, () -> writer.flush(LONG))).isInstanceOf(FlushTimeoutException.class);
        hold.release();
        assertThat(writer.flush(LONG).delivered()).isEqualTo(1);
    }

    @Test
    void ends_at_once_when_a_blocked_write_is_interrupted(FakeStreamApi api, StreamClient.Builder settings)
            throws Exception {
        Fault.Hold hold = Fault.hold();
        api.always(hold);
        try (StreamClient client = settings.maxMemory(1_000).maxBlock(LONG).build()) {
            StreamWriter writer = writer(client, TABLE);
            for (int i = 0; writer.offer(row(i)); i++) {}
            long taken = writer.ledger().submitted();
            assertThat(interrupted(api, () -> writer.write(row(99)))).isInstanceOf(BufferFullException.class);
            hold.release();
            assertThat(writer.flush(LONG)).isEqualTo(new Ledger(taken, taken, 0, 0, 0, 0));
        }
    }

    /** What the action throws when its thread is interrupted; the flag is still set then. */
    private static Throwable interrupted(
            FakeStreamApi api, org.assertj.core.api.ThrowableAssert.ThrowingCallable action) throws Exception {
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        CompletableFuture<Boolean> flag = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            thrown.complete(catchThrowable(action));
            flag.complete(Thread.currentThread().isInterrupted());
        });
        thread.start();
        api.awaitRequests(1, LONG);
        thread.interrupt();
        assertThat(flag.get(10, TimeUnit.SECONDS)).isTrue();
        return thrown.get();
    }

    @Test
    void wakes_a_blocked_write_when_room_is_made(FakeStreamApi api, StreamClient.Builder settings) throws Exception {
        Fault.Hold hold = Fault.hold();
        api.next(hold);
        try (StreamClient client = settings.maxMemory(1_000).maxBlock(LONG).build()) {
            StreamWriter writer = writer(client, TABLE);
            for (int i = 0; writer.offer(row(i)); i++) {}
            CompletableFuture<CompletableFuture<?>> blocked =
                    CompletableFuture.supplyAsync(() -> writer.write(row(99)));
            api.awaitRequests(1, LONG);
            hold.release();
            assertThat(blocked.get(10, TimeUnit.SECONDS)).isNotNull();
            assertThat(writer.flush(LONG).held()).isZero();
        }
    }

    @Test
    void pushes_from_a_dead_letter_hook_to_another_table(FakeStreamApi api, StreamClient.Builder settings) {
        api.forTable(TABLE, Fault.refuseRows(row -> row.get("id").equals(1)));
        CompletableFuture<StreamClient> own = new CompletableFuture<>();
        settings.maxInFlight(1)
                .deadLetters(letter -> own.join()
                        .push(OTHER, List.of(Map.of("reason", letter.reason().name()))));
        try (StreamClient client = settings.build()) {
            own.complete(client);
            assertThat(client.push(PushTest.append(3)).dead()).isEqualTo(1);
        }
        assertThat(api.rows(OTHER)).containsExactly(Map.of("reason", "REJECTED"));
        assertThat(ids(api, TABLE)).containsExactly(0, 2);
    }

    @Test
    void refuses_a_push_from_a_dead_letter_hook_to_its_own_table(FakeStreamApi api, StreamClient.Builder settings) {
        api.forTable(TABLE, Fault.refuseRows(row -> row.get("id").equals(1)));
        CompletableFuture<StreamClient> own = new CompletableFuture<>();
        List<Throwable> met = new ArrayList<>();
        settings.maxInFlight(1)
                .deadLetters(letter -> met.add(catchThrowable(() -> own.join().push(TABLE, List.of(row(7))))));
        try (StreamClient client = settings.build()) {
            own.complete(client);
            assertThat(client.push(PushTest.append(3)).dead()).isEqualTo(1);
            assertThat(client.ledger().submitted()).isEqualTo(3);
        }
        assertThat(met).singleElement().isInstanceOf(IllegalStateException.class);
        assertThat(met.get(0)).hasMessageContaining("the push would wait for itself");
    }

    @Test
    void delivers_when_the_key_was_replaced(
            FakeStreamApi api, StreamClient.Builder settings, RecordingDeadLetters letters) throws Exception {
        dev.sluice.transport.ApiKey old = api.apiKey();
        api.changeKey("another-key");
        java.util.concurrent.atomic.AtomicReference<dev.sluice.transport.ApiKey> current =
                new java.util.concurrent.atomic.AtomicReference<>(old);
        try (StreamClient client = settings.apiKey(current::get).build()) {
            StreamWriter writer = writer(client, TABLE);
            IntStream.range(0, 20).forEach(i -> assertThat(writer.offer(row(i))).isTrue());
            api.awaitRequests(3, LONG);
            assertThat(client.health()).isEqualTo(Health.AUTH);
            current.set(api.apiKey());
            assertThat(writer.flush(LONG).delivered()).isEqualTo(20);
        }
        assertThat(letters.letters()).isEmpty();
    }
}
