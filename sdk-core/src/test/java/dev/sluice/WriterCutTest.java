package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.batch.BatchPolicy;
import dev.sluice.row.InvalidRowException;
import dev.sluice.row.Row;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** When the rows of a writer become a batch. */
class WriterCutTest extends OpenClientTest {
    private static final Duration LINGER = Duration.ofSeconds(10);

    private StreamWriter lingering() {
        return client().writer(TABLE).linger(LINGER).open();
    }

    @Test
    void sends_a_batch_as_soon_as_it_has_all_its_rows() {
        StreamWriter writer = writer(3);
        write(writer, 0, 7);
        work();
        assertThat(transport.bodies()).containsExactly(jsons(0, 3), jsons(3, 6));
        assertThat(writer.ledger()).isEqualTo(new Ledger(7, 6, 0, 0, 0, 1));
    }

    @Test
    void sends_a_batch_when_the_next_row_would_make_it_too_long() {
        StreamWriter writer = client().writer(TABLE)
                .batches(new BatchPolicy(100, 20))
                .linger(LINGER)
                .open();
        write(writer, 0, 3);
        work();
        assertThat(transport.bodies()).containsExactly(jsons(0, 2));
    }

    @Test
    void sends_a_row_alone_when_it_is_longer_than_a_batch() {
        StreamWriter writer =
                client().writer(TABLE).batches(new BatchPolicy(100, 5)).open();
        write(writer, 0, 1);
        work();
        assertThat(transport.bodies()).containsExactly(json(0));
    }

    @Test
    void sends_a_batch_when_its_oldest_row_has_waited_long_enough() {
        StreamWriter writer = lingering();
        write(writer, 0, 1);
        pass(LINGER.minusSeconds(1));
        write(writer, 1, 2);
        assertThat(transport.sent()).isEmpty();
        pass(Duration.ofSeconds(1));
        assertThat(transport.bodies()).containsExactly(jsons(0, 2));
    }

    @Test
    void gives_a_later_batch_its_whole_time_when_the_one_before_left_early() {
        StreamWriter writer = lingering();
        write(writer, 0, 1);
        pass(Duration.ofSeconds(6));
        writer.flush(LINGER);
        write(writer, 1, 2);
        pass(LINGER.minusSeconds(1));
        assertThat(transport.sent()).hasSize(1);
        pass(Duration.ofSeconds(1));
        assertThat(transport.sent()).hasSize(2);
    }

    @Test
    void lingers_again_when_nothing_was_written_for_a_while() {
        StreamWriter writer = lingering();
        write(writer, 0, 1);
        pass(Duration.ofHours(1));
        write(writer, 1, 2);
        pass(LINGER);
        assertThat(transport.bodies()).containsExactly(json(0), json(1));
    }

    @Test
    void sends_at_once_when_rows_do_not_linger() {
        StreamWriter writer = client().writer(TABLE).linger(Duration.ZERO).open();
        write(writer, 0, 2);
        work();
        assertThat(transport.bodies()).containsExactly(jsons(0, 2));
    }

    @Test
    void lingers_no_longer_when_the_wall_clock_is_set_back_an_hour() {
        StreamWriter writer = lingering();
        write(writer, 0, 1);
        timing.setWallClock(ManualTiming.START.minusSeconds(3_600));
        pass(LINGER);
        assertThat(transport.sent()).hasSize(1);
    }

    @Test
    void lingers_no_shorter_when_the_wall_clock_jumps_ahead() {
        StreamWriter writer = lingering();
        write(writer, 0, 1);
        timing.setWallClock(Instant.parse("2030-01-01T00:00:00Z"));
        pass(LINGER.minusSeconds(1));
        assertThat(transport.sent()).isEmpty();
    }

    @Test
    void keeps_the_row_as_it_was_when_the_object_changes_afterwards() {
        Map<String, Object> row = new HashMap<>(Map.of("id", 1));
        StreamWriter writer = lingering();
        writer.offer(row);
        row.put("id", 2);
        pass(LINGER);
        assertThat(transport.bodies()).containsExactly(json(1));
    }

    @Test
    void names_the_row_by_its_number_when_it_cannot_be_sent() {
        StreamWriter writer = lingering();
        write(writer, 0, 2);
        assertThatThrownBy(() -> writer.write(Map.of("price", Double.NaN)))
                .isInstanceOf(InvalidRowException.class)
                .hasMessageContaining("row 2, field price");
        pass(LINGER);
        assertThat(writer.ledger()).isEqualTo(new Ledger(2, 2, 0, 0, 0, 0));
    }

    @Test
    void takes_nothing_in_when_a_row_is_longer_than_a_request() {
        StreamWriter writer = lingering();
        Map<String, String> row = new HashMap<>();
        for (int i = 0; i < 11; i++) {
            row.put("f" + i, "x".repeat(950_000));
        }
        assertThatThrownBy(() -> writer.offer(row)).isInstanceOf(InvalidRowException.class);
        assertThat(writer.ledger()).isEqualTo(Ledger.EMPTY);
        assertThat(client().pendingBytes()).isZero();
    }

    @Test
    void names_batches_by_writer_and_number() {
        StreamWriter writer = writer(1);
        write(writer, 0, 3);
        work();
        String first = transport.ids().get(0).replaceAll("\\.0$", "");
        assertThat(transport.ids()).containsExactly(first + ".0", first + ".1", first + ".2");
        assertThat(writer.offer(Row.json(json(3)))).isTrue();
    }
}
