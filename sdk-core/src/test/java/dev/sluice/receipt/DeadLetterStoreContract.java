package dev.sluice.receipt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.batch.Batch;
import dev.sluice.batch.BatchId;
import dev.sluice.batch.RowBuffer;
import dev.sluice.receipt.DeadLetterStore.Entry;
import dev.sluice.row.Destination;
import dev.sluice.row.Row;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every store of dead letters does. */
public abstract class DeadLetterStoreContract {
    private static final Instant FIRST = Instant.parse("2026-01-02T03:04:05.000000006Z");
    private static final Instant LAST = Instant.parse("2026-01-02T03:05:06.789012345Z");
    private static final Destination MERGE =
            Destination.merge("bronze.customers", "id").tag("job", "näme \"x\"").tag("a", "");

    /** For the tests of each store. */
    protected DeadLetterStoreContract() {}

    /** A store without letters; called once for each test. */
    protected abstract DeadLetterStore empty();

    /** What {@code store} holds when it is opened anew, as after a crash; itself if it does not outlive its process. */
    protected DeadLetterStore reopened(DeadLetterStore store) {
        return store;
    }

    /** A letter for tests. */
    public static DeadLetter letter(String id, Destination to, DeadLetter.Reason reason, String... rows) {
        return letter(id, to, reason, LAST, "req_1", rows);
    }

    private static DeadLetter letter(
            String id, Destination to, DeadLetter.Reason reason, Instant last, String request, String... rows) {
        RowBuffer buffer = new RowBuffer();
        Stream.of(rows).forEach(row -> buffer.add(Row.json(row)));
        Batch batch = buffer.toBatch(new BatchId(id), to);
        return new DeadLetter(batch, reason, "the API says: \"no\"\n", 1, 4, FIRST, last, 422, request);
    }

    private static DeadLetter letter() {
        return letter("b.0", MERGE, DeadLetter.Reason.PARTIAL, "{\"id\":1,\"t\":\"漢\"}", "{\"id\":2.50}", "{}");
    }

    private static List<String> rows(Batch batch) {
        return IntStream.range(0, batch.rows())
                .mapToObj(row -> new String(batch.row(row), StandardCharsets.UTF_8))
                .toList();
    }

    private static String only(DeadLetterStore store) {
        assertThat(store.list()).hasSize(1);
        return store.list().get(0).name();
    }

    @Test
    void is_empty_when_nothing_was_kept() {
        assertThat(empty().list()).isEmpty();
    }

    @Test
    void gives_back_all_that_is_known_when_a_letter_is_read() {
        DeadLetterStore store = empty();
        store.keep(letter());
        DeadLetter read = reopened(store).read(only(store));
        DeadLetter kept = letter();
        assertThat(rows(read.batch())).isEqualTo(rows(kept.batch()));
        assertThat(read.batch().id()).isEqualTo(kept.batch().id());
        assertSame(read.batch().destination(), kept.batch().destination());
        assertThat(read).usingRecursiveComparison().ignoringFields("batch").isEqualTo(kept);
    }

    private static void assertSame(Destination found, Destination expected) {
        assertThat(found).hasToString(expected.toString());
        assertThat(found.tags()).isEqualTo(expected.tags());
    }

    @Test
    void lists_what_is_known_when_a_letter_was_kept() {
        DeadLetterStore store = empty();
        store.keep(letter());
        Entry entry = reopened(store).list().get(0);
        assertSame(entry.destination(), MERGE);
        assertThat(entry)
                .usingRecursiveComparison()
                .ignoringFields("destination", "name")
                .isEqualTo(new Entry(
                        "",
                        MERGE,
                        new BatchId("b.0"),
                        DeadLetter.Reason.PARTIAL,
                        "the API says: \"no\"\n",
                        3,
                        1,
                        4,
                        FIRST,
                        LAST,
                        422,
                        "req_1"));
    }

    @ParameterizedTest
    @EnumSource
    void keeps_every_reason(DeadLetter.Reason reason) {
        DeadLetterStore store = empty();
        store.keep(letter("b", Destination.append("a.b"), reason, "{}"));
        assertThat(reopened(store).list().get(0).reason()).isEqualTo(reason);
        assertThat(store.read(only(store)).reason()).isEqualTo(reason);
    }

    @Test
    void keeps_a_letter_when_the_api_never_named_a_request() {
        DeadLetterStore store = empty();
        store.keep(letter("b", Destination.append("a.b"), DeadLetter.Reason.REJECTED, LAST, null, "{}"));
        assertThat(reopened(store).read(only(store)).requestId()).isNull();
        assertThat(store.list().get(0).requestId()).isNull();
    }

    @Test
    void keeps_a_part_of_a_batch_by_its_own_rows() {
        DeadLetterStore store = empty();
        Batch part = letter().batch().split().get(1);
        store.keep(new DeadLetter(part, DeadLetter.Reason.REJECTED, "m", 0, 1, FIRST, LAST, 400, null));
        Batch read = reopened(store).read(only(store)).batch();
        assertThat(read.id()).hasToString("b.0.1");
        assertThat(rows(read)).containsExactly("{\"id\":2.50}", "{}");
    }

    @Test
    void lists_letters_in_the_order_they_came_in() {
        DeadLetterStore store = empty();
        for (int i = 0; i < 12; i++) {
            store.keep(letter(
                    "b" + (50 - i),
                    Destination.append(i % 2 == 0 ? "z.z" : "a.a"),
                    DeadLetter.Reason.REJECTED,
                    LAST.plusNanos(i),
                    null,
                    "{}"));
        }
        List<String> expected =
                IntStream.range(0, 12).mapToObj(i -> "b" + (50 - i)).toList();
        assertThat(reopened(store).list())
                .extracting(one -> one.batch().value())
                .isEqualTo(expected);
    }

    @Test
    void keeps_both_when_a_letter_comes_twice() {
        DeadLetterStore store = empty();
        store.keep(letter());
        store.keep(letter());
        assertThat(reopened(store).list()).extracting(Entry::name).hasSize(2).doesNotHaveDuplicates();
    }

    @Test
    void forgets_one_letter_and_no_other_when_it_is_removed() {
        DeadLetterStore store = empty();
        store.keep(letter("b1", MERGE, DeadLetter.Reason.PARTIAL, "{}"));
        store.keep(letter("b2", MERGE, DeadLetter.Reason.PARTIAL, "{}"));
        String first = store.list().get(0).name();
        store.remove(first);
        assertThat(reopened(store).list())
                .extracting(one -> one.batch().value())
                .containsExactly("b2");
        assertThatThrownBy(() -> store.read(first))
                .isInstanceOf(NoSuchElementException.class)
                .hasMessageContaining(first);
    }

    @Test
    void does_nothing_when_a_letter_is_removed_that_is_not_there() {
        DeadLetterStore store = empty();
        assertThatCode(() -> store.remove("1")).doesNotThrowAnyException();
        store.keep(letter());
        for (String name : List.of("none", "", "..", "../x", "/etc/passwd", "-1", "\0", "99")) {
            assertThatCode(() -> store.remove(name)).doesNotThrowAnyException();
            assertThatThrownBy(() -> store.read(name)).isInstanceOf(NoSuchElementException.class);
        }
        assertThat(reopened(store).list()).hasSize(1);
    }

    @Test
    void keeps_every_letter_when_several_threads_bring_them() throws Exception {
        DeadLetterStore store = empty();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        for (int i = 0; i < 40; i++) {
            threads.submit(() -> store.keep(letter()));
        }
        threads.shutdown();
        assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        List<Entry> all = reopened(store).list();
        assertThat(all).extracting(Entry::name).hasSize(40).doesNotHaveDuplicates();
        assertThat(all)
                .allSatisfy(
                        one -> assertThat(store.read(one.name()).batch().rows()).isEqualTo(3));
    }
}
