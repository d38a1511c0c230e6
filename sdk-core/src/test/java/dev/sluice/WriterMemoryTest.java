package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.row.Destination;
import dev.sluice.row.Row;
import dev.sluice.transport.Reply;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A writer in the memory its client has: a row of these takes 57 bytes, and a table gets half of 1,000. */
class WriterMemoryTest extends OpenClientTest {
    private static final int FIT = 500 / 57;

    private StreamWriter small() {
        settings.maxMemory(1_000).maxBlock(Duration.ofSeconds(30));
        return writer(100);
    }

    private static boolean offer(StreamWriter writer, int id) {
        return writer.offer(Row.json(json(id)));
    }

    private void answer(Reply reply) {
        transport.answer(batch -> reply);
    }

    @Test
    void refuses_an_offer_and_counts_nothing_when_there_is_no_room() {
        StreamWriter writer = small();
        write(writer, 0, FIT);
        assertThat(offer(writer, FIT)).isFalse();
        assertThat(writer.ledger()).isEqualTo(new Ledger(FIT, 0, 0, 0, 0, FIT));
        assertThat(client().pendingBytes()).isEqualTo(FIT * 57L);
    }

    @Test
    void sends_what_was_collected_when_that_takes_the_room() {
        StreamWriter writer = small();
        write(writer, 0, FIT);
        assertThat(offer(writer, FIT)).isFalse();
        work();
        assertThat(transport.bodies()).containsExactly(jsons(0, FIT));
        assertThat(offer(writer, FIT)).isTrue();
    }

    @Test
    void waits_for_room_when_a_row_is_written() {
        transport.script(Replies.notSent(), Replies.notSent());
        StreamWriter writer = small();
        write(writer, 0, FIT + 1);
        assertThat(transport.sent()).hasSize(3);
        assertThat(writer.ledger()).isEqualTo(new Ledger(FIT + 1, FIT, 0, 0, 0, 1));
    }

    @Test
    void gives_up_with_the_numbers_when_there_is_no_room_in_time() {
        answer(Replies.refused(503));
        StreamWriter writer = small();
        write(writer, 0, FIT);
        assertThatThrownBy(() -> writer.write(Row.json(json(99))))
                .isInstanceOf(BufferFullException.class)
                .hasMessageContaining("no room for 1 row with 58 bytes for " + TABLE + " within PT30S")
                .hasMessageContaining(FIT * 57 + " of 500 bytes for " + TABLE)
                .hasMessageContaining("of 1000 bytes for all tables")
                .hasMessageContaining("the API is DOWN");
        assertThat(writer.ledger()).isEqualTo(new Ledger(FIT, 0, 0, 0, 0, FIT));
    }

    @Test
    void delivers_every_row_taken_in_when_the_buffer_was_full_for_a_while() {
        answer(Replies.refused(503));
        StreamWriter writer = small();
        write(writer, 0, FIT);
        assertThatThrownBy(() -> writer.write(Row.json(json(99)))).isInstanceOf(BufferFullException.class);
        transport.answer(Replies::allWritten);
        assertThat(writer.flush(Duration.ofMinutes(1)).delivered()).isEqualTo(FIT);
        assertThat(transport.bodies()).containsOnly(jsons(0, FIT));
    }

    @Test
    void throws_and_keeps_the_flag_when_interrupted_while_waiting_for_room() {
        answer(Replies.refused(503));
        StreamWriter writer = small();
        write(writer, 0, FIT);
        timing.duringPause(() -> Thread.currentThread().interrupt());
        assertThatThrownBy(() -> writer.write(Row.json(json(99)))).isInstanceOf(BufferFullException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(writer.ledger().submitted()).isEqualTo(FIT);
        assertThat(transport.sent()).hasSize(1);
    }

    @Test
    void leaves_the_other_half_to_other_tables() {
        answer(Replies.refused(503));
        StreamWriter writer = small();
        write(writer, 0, FIT);
        assertThat(offer(writer, 99)).isFalse();
        assertThat(offer(writer(Destination.append(OTHER), 100), 0)).isTrue();
    }

    @Test
    void keeps_the_room_of_held_rows_until_they_are_taken() {
        answer(Replies.refused(404));
        StreamWriter writer = small();
        write(writer, 0, FIT);
        assertThat(offer(writer, 99)).isFalse();
        work();
        assertThat(client().pendingBytes()).isEqualTo(FIT * 57L);
        assertThat(writer.takeHeld()).hasSize(1);
        assertThat(client().pendingBytes()).isZero();
        assertThat(writer.takeHeld()).isEmpty();
    }

    @Test
    void frees_the_room_of_superseded_rows() {
        settings.maxMemory(1_000);
        StreamWriter writer = writer(Destination.merge(TABLE, "id"), 4);
        for (int i = 0; i < 4; i++) {
            assertThat(offer(writer, 1)).isTrue();
        }
        assertThat(client().pendingBytes()).isEqualTo(57);
        work();
        assertThat(writer.ledger()).isEqualTo(new Ledger(4, 1, 3, 0, 0, 0));
        assertThat(client().pendingBytes()).isZero();
    }

    @Test
    void takes_a_row_that_is_larger_than_all_memory_when_there_is_nothing_else() {
        StreamWriter writer = small();
        assertThat(writer.offer(Row.json("{\"text\":\"" + "x".repeat(2_000) + "\"}")))
                .isTrue();
        assertThat(offer(writer, 1)).isFalse();
        assertThat(writer.flush(Duration.ZERO).delivered()).isEqualTo(1);
    }

    @Test
    void refuses_a_push_that_takes_more_than_half_of_the_memory() {
        small();
        assertThatThrownBy(() -> client().push(append(FIT + 1)))
                .isInstanceOf(BufferFullException.class)
                .hasMessageContaining("more than 500 bytes");
        assertThat(client().ledger()).isEqualTo(Ledger.EMPTY);
    }
}
