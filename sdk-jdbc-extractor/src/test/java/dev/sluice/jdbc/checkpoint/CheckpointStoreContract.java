package dev.sluice.jdbc.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.jdbc.checkpoint.PendingRange.Phase;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What every store must do. */
abstract class CheckpointStoreContract {
    private static final Fingerprint FINGERPRINT =
            new Fingerprint("7/app", "updated_at timestamp", List.of("id bigint", "\"x\" text"), "append");

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
        store().save(saved);
        assertThat(store().load("public.customers", "bronze.customers")).contains(saved);
    }

    @Test
    void gives_back_what_was_saved_last() {
        store().save(full("a.b", "c.d"));
        Checkpoint reset = full("a.b", "c.d").reset();
        store().save(reset);
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
                full("é".repeat(31) + "." + "ü".repeat(31), "x.z"));
        all.forEach(store()::save);
        assertThat(store().list()).hasSize(all.size()).containsAll(all);
        assertThat(store().load("a*b", "x.y")).contains(full("a*b", "x.y"));
    }

    @Test
    void refuses_a_second_runner_until_the_first_has_gone() {
        CheckpointStore.Lock first = store().lock();
        assertThatThrownBy(() -> store().lock())
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("another sync");
        first.close();
        store().lock().close();
    }

    static Checkpoint full(String source, String destination) {
        Cursor from = new Cursor("2025-01-01 00:00:00.000001+00", List.of("1", "a \"b\"\n"));
        Cursor to = new Cursor("2025-01-02 00:00:00+00", List.of("2", ""));
        PendingRange range =
                new PendingRange(Phase.CHANGES, from, to, "2025-01-03", 10, "abc.1", 5, "2025-01-03T00:00:00Z");
        Chunk chunk = new Chunk(null, new Cursor(null, List.of("7", "x")), new Cursor(null, List.of("3", "y")), false);
        return Checkpoint.start(source, destination, FINGERPRINT)
                .change()
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
