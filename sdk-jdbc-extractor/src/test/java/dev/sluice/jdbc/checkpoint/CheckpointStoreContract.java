package dev.sluice.jdbc.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.jdbc.checkpoint.PendingRange.Phase;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every store must do. */
abstract class CheckpointStoreContract {
    private static final Fingerprint FINGERPRINT =
            new Fingerprint("7/app", "updated_at timestamp", List.of("id bigint", "\"x\" text"), "append");

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** A store on the same place at each call within a test. */
    abstract CheckpointStore store();

    @Test
    void has_nothing_when_nothing_was_saved() {
        assertThat(store().load("a.b", "c.d")).isEmpty();
        assertThat(store().list()).isEmpty();
    }

    @Test
    void gives_back_what_was_saved() {
        Checkpoint saved = full("public.customers", "bronze.customers");
        saved(saved);
        assertThat(store().load("public.customers", "bronze.customers")).contains(saved);
    }

    @Test
    void gives_back_what_was_saved_last() {
        Checkpoint reset = full("a.b", "c.d").reset();
        saved(full("a.b", "c.d"), reset);
        assertThat(store().load("a.b", "c.d")).contains(reset);
        assertThat(store().list()).hasSize(1);
    }

    @Test
    void keeps_pairs_apart_when_their_names_are_alike() {
        List<Checkpoint> all = List.of(
                full("a", "b.c"),
                full("a", "b.c+to+d.e"),
                full("a+to+b.c", "d.e"),
                full("a/../b", "x.y"),
                full("a*b", "x.y"),
                full("\"Ä ö\".t", "x.y"),
                full("\"ä ö\".t", "x.y"),
                full("é".repeat(31) + "." + "ü".repeat(31), "x.y"),
                full("é".repeat(31) + "." + "ü".repeat(31), "x.z"),
                full("長".repeat(1000) + "😀", "x.z"),
                full("長".repeat(1000) + "😁", "x.z"));
        saved(all.toArray(Checkpoint[]::new));
        assertThat(store().list()).hasSize(all.size()).containsAll(all);
        assertThat(store().load("a*b", "x.y")).contains(full("a*b", "x.y"));
    }

    @Test
    void keeps_bytes_beside_a_checkpoint_until_they_are_forgotten() {
        CheckpointStore store = store();
        try (CheckpointStore.Lock held = store.lock(Duration.ZERO)) {
            store.save(full("a.b", "c.d"));
            store.attach("a.b", "c.d", "part-2", new byte[] {1, 2, -3});
            store.attach("a.b", "c.d", "part-1", new byte[0]);
            store.attach("a.b", "c.d", "part-2", new byte[] {4});
            store.attach("a.b", "c.e", "part-3", new byte[] {5});
            assertThat(store.attachments("a.b", "c.d")).containsExactly("part-1", "part-2");
            assertThat(store.attachment("a.b", "c.d", "part-2")).hasValue(new byte[] {4});
            assertThat(store.attachment("a.b", "c.d", "part-1")).hasValue(new byte[0]);
            assertThat(store.attachment("a.b", "c.d", "part-3")).isEmpty();
            store.detach("a.b", "c.d", "part-2");
            store.detach("a.b", "c.d", "part-9");
            assertThat(store.attachments("a.b", "c.d")).containsExactly("part-1");
            assertThat(store.list()).containsExactly(full("a.b", "c.d"));
            assertThat(held).isNotNull();
        }
        assertThatThrownBy(() -> store.attach("a.b", "c.d", "part-1", new byte[0]))
                .isInstanceOf(CheckpointException.class);
    }

    @Test
    void refuses_a_second_runner_by_name_until_the_first_has_gone() {
        CheckpointStore.Lock first = store().lock(Duration.ZERO);
        assertThatThrownBy(() -> store().lock(Duration.ZERO))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("another sync is running on ")
                .hasMessageContaining("host ")
                .hasMessageContaining("process " + ProcessHandle.current().pid() + ", running since ");
        first.close();
        store().lock(Duration.ZERO).close();
    }

    @Test
    void keeps_the_lock_of_the_next_one_when_the_first_is_closed_again() {
        CheckpointStore store = store();
        CheckpointStore.Lock first = store.lock(Duration.ZERO);
        first.close();
        CheckpointStore.Lock second = store.lock(Duration.ZERO);
        first.close();
        store.save(full("a.b", "c.d"));
        assertThatThrownBy(() -> store().lock(Duration.ZERO)).hasMessageContaining("another sync is running");
        second.close();
    }

    @Test
    void tells_how_long_it_waited_when_the_first_does_not_end() {
        CheckpointStore.Lock first = store().lock(Duration.ZERO);
        long start = System.nanoTime();
        assertThatThrownBy(() -> store().lock(Duration.ofMillis(250)))
                .isInstanceOf(CheckpointException.class)
                .hasMessageMatching("(?s).*; waited (2[5-9]|[3-9].|.{3,})\\d ms; .*");
        assertThat(System.nanoTime() - start)
                .isGreaterThan(Duration.ofMillis(249).toNanos());
        first.close();
    }

    @Test
    void waits_for_the_first_runner_to_end() throws Exception {
        CheckpointStore first = store();
        CheckpointStore.Lock lock = first.lock(Duration.ZERO);
        try (Workers workers = new Workers(1)) {
            CountDownLatch tries = new CountDownLatch(1);
            Future<Boolean> second = workers.submit(() -> {
                tries.countDown();
                store().lock(PATIENCE).close();
                return true;
            });
            tries.await();
            first.save(full("a.b", "c.d"));
            assertThatThrownBy(() -> second.get(100, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
            lock.close();
            assertThat(second.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void lets_runners_in_one_after_the_other_when_many_come_at_once() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        try (Workers workers = new Workers(4)) {
            List<Future<Boolean>> all = IntStream.range(0, 4)
                    .mapToObj(i -> store())
                    .map(store -> workers.submit(() -> {
                        CheckpointStore.Lock lock = store.lock(PATIENCE);
                        boolean alone = inside.incrementAndGet() == 1;
                        store.save(full("a.b", "c.d"));
                        inside.decrementAndGet();
                        lock.close();
                        return alone;
                    }))
                    .toList();
            for (Future<Boolean> one : all) {
                assertThat(one.get()).isTrue();
            }
        }
    }

    @Test
    void ends_its_wait_when_it_is_interrupted() throws Exception {
        CheckpointStore.Lock first = store().lock(Duration.ZERO);
        CheckpointStore second = store();
        try (Workers workers = new Workers(1)) {
            Future<Boolean> interrupted = workers.submit(() -> {
                assertThatThrownBy(() -> second.lock(PATIENCE))
                        .isInstanceOf(CheckpointException.class)
                        .hasMessageContaining("interrupted while it waited");
                return Thread.currentThread().isInterrupted();
            });
            workers.interruptOnceParkedBy(second);
            assertThat(interrupted.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        }
        first.close();
    }

    @Test
    void refuses_to_wait_for_less_than_nothing() {
        assertThatThrownBy(() -> store().lock(Duration.ofNanos(-1))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void waits_for_as_long_as_a_duration_can_say() {
        store().lock(Duration.ofSeconds(Long.MAX_VALUE)).close();
    }

    @Test
    void refuses_to_save_when_the_lock_is_not_held() {
        CheckpointStore store = store();
        assertThatThrownBy(() -> store.save(full("a.b", "c.d")))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("no lock is held on ");
        store.lock(Duration.ZERO).close();
        assertThatThrownBy(() -> store.save(full("a.b", "c.d"))).hasMessageContaining("no lock is held on ");
        assertThat(store.list()).isEmpty();
    }

    @Test
    void keeps_every_table_when_many_threads_save_their_own() throws Exception {
        CheckpointStore store = store();
        CheckpointStore.Lock lock = store.lock(Duration.ZERO);
        try (Workers workers = new Workers(8)) {
            List<Future<Boolean>> all = IntStream.range(0, 8)
                    .mapToObj(table -> workers.submit(() -> savesOften(store, table)))
                    .toList();
            for (Future<Boolean> one : all) {
                assertThat(one.get()).isTrue();
            }
        }
        lock.close();
        assertThat(store().list())
                .hasSize(8)
                .allSatisfy(one -> assertThat(one.sequence()).isEqualTo(10_000));
    }

    /** Saves between a lock of its own and its end. */
    final void saved(Checkpoint... all) {
        CheckpointStore store = store();
        CheckpointStore.Lock lock = store.lock(Duration.ZERO);
        for (Checkpoint one : all) {
            store.save(one);
        }
        lock.close();
    }

    private static boolean savesOften(CheckpointStore store, int table) {
        Checkpoint checkpoint = full("t" + table, "c.d");
        for (int i = 1; i <= 10; i++) {
            Checkpoint next = checkpoint.numbered(1000L * i);
            store.save(next);
            assertThat(store.load("t" + table, "c.d")).contains(next);
        }
        return true;
    }

    static Checkpoint full(String source, String destination) {
        Cursor from = new Cursor("2025-01-01 00:00:00.000001+00", List.of("1", "a \"b\"\n"));
        Cursor to = new Cursor("2025-01-02 00:00:00+00", List.of("2", ""));
        PendingRange range =
                new PendingRange(Phase.CHANGES, from, to, "2025-01-03", 10, "abc.1", 5, "2025-01-03T00:00:00Z");
        Chunk chunk = new Chunk(null, new Cursor(null, List.of("7", "x")), new Cursor(null, List.of("3", "y")), false);
        return new CheckpointBuilder(source, destination, 3)
                .fingerprint(FINGERPRINT)
                .loaded(true)
                .cursor(from)
                .horizon("2025-01-01T01:00:00.000001Z")
                .sequence(14)
                .rows(99)
                .pending(range)
                .load(new Load("2025-01-01T00:00:00Z", "2025-01-01", List.of(chunk)))
                .marks(List.of(new Mark("2025-01-01T00:00:00Z", "17")))
                .overtaken(new Overtaken("2025-01-01T00:00:00Z", "2025-01-01T00:10:00Z"))
                .prepared(Map.of("tx \"1\"", "2025-01-01T00:00:00Z"))
                .recent(Map.of("[1]", "abc"))
                .columns(List.of("id bigint"))
                .scanned("2025-01-01T00:00:00Z")
                .build();
    }
}
