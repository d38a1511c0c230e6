package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.receipt.DeadLetter;
import dev.sluice.receipt.RowStatus;
import dev.sluice.row.Destination;
import dev.sluice.row.InvalidRowException;
import dev.sluice.row.Row;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A writer of rows that go by a key. */
class WriterMergeTest extends OpenClientTest {
    private static final Row NULL_KEY = Row.json("{\"id\":null}");

    private StreamWriter merger(int maxRows) {
        return writer(Destination.merge(TABLE, "id"), maxRows);
    }

    private static void write(StreamWriter writer, String... rows) {
        List.of(rows).forEach(row -> writer.offer(Row.json(row)));
    }

    @Test
    void sends_the_last_row_of_each_key_in_a_batch() {
        StreamWriter writer = merger(5);
        write(
                writer,
                "{\"id\":1,\"v\":1}",
                "{\"id\":2}",
                "{\"id\":1.0,\"v\":2}",
                "{\"id\":\"1\"}",
                "{\"id\":2,\"v\":3}");
        work();
        assertThat(transport.bodies()).containsExactly("{\"id\":1.0,\"v\":2},{\"id\":\"1\"},{\"id\":2,\"v\":3}");
        assertThat(writer.ledger()).isEqualTo(new Ledger(5, 3, 2, 0, 0, 0));
    }

    @Test
    void forgets_the_keys_of_a_batch_that_has_left() {
        StreamWriter writer = merger(2);
        write(writer, json(1), json(1), json(1), json(2));
        work();
        assertThat(transport.bodies()).containsExactly(json(1), json(1) + "," + json(2));
        assertThat(writer.ledger()).isEqualTo(new Ledger(4, 3, 1, 0, 0, 0));
    }

    @Test
    void buries_a_row_without_its_key_by_itself() throws Exception {
        keepDeadLetters();
        StreamWriter writer = merger(5);
        write(writer, json(1));
        CompletableFuture<RowStatus> future = writer.write(NULL_KEY);
        work();
        assertThat(future).isCompletedWithValue(RowStatus.DEAD);
        assertThat(letters.only().reason()).isEqualTo(DeadLetter.Reason.INVALID);
        assertThat(letters.only().message()).startsWith("row 1, field id: is missing or null");
        assertThat(writer.flush(Duration.ZERO)).isEqualTo(new Ledger(2, 1, 0, 1, 0, 0));
    }

    @Test
    void throws_with_the_number_of_a_row_without_its_key_when_there_is_no_hook() {
        StreamWriter writer = merger(5);
        write(writer, json(1));
        assertThatThrownBy(() -> writer.write(NULL_KEY))
                .isInstanceOf(InvalidRowException.class)
                .hasMessageStartingWith("row 1, field id: ");
        assertThat(writer.flush(Duration.ZERO)).isEqualTo(new Ledger(1, 1, 0, 0, 0, 0));
    }

    @Test
    void holds_a_row_without_its_key_when_the_hook_fails() {
        settings.deadLetters(letters.failNext(1));
        StreamWriter writer = merger(5);
        CompletableFuture<RowStatus> future = writer.write(NULL_KEY);
        work();
        assertThat(future).isCompletedExceptionally();
        assertThatThrownBy(() -> writer.flush(Duration.ZERO)).isInstanceOf(PushException.Rejected.class);
        assertThat(writer.takeHeld()).hasSize(1);
    }

    @Test
    void refuses_a_row_without_its_key_when_the_writer_is_closed() {
        keepDeadLetters();
        StreamWriter writer = merger(5);
        writer.close();
        assertThatThrownBy(() -> writer.write(NULL_KEY)).isInstanceOf(ClosedException.class);
        assertThat(letters.letters()).isEmpty();
        assertThat(client().ledger()).isEqualTo(Ledger.EMPTY);
    }

    @Test
    void refuses_an_offer_without_its_key_when_there_is_no_room() {
        keepDeadLetters();
        settings.maxMemory(1_000);
        transport.answer(batch -> Replies.refused(503));
        StreamWriter writer = merger(100);
        for (int id = 0; writer.offer(Row.json(json(id))); id++) {}
        assertThat(writer.offer(NULL_KEY)).isFalse();
        assertThat(letters.letters()).isEmpty();
    }

    @Test
    void waits_for_room_when_a_row_without_its_key_is_written() {
        keepDeadLetters();
        settings.maxMemory(1_000);
        transport.script(Replies.refused(503));
        StreamWriter writer = merger(100);
        for (int id = 0; writer.offer(Row.json(json(id))); id++) {}
        CompletableFuture<RowStatus> future = writer.write(NULL_KEY);
        work();
        assertThat(future).isCompletedWithValue(RowStatus.DEAD);
    }
}
