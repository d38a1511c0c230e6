package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.batch.BatchPolicy;
import dev.sluice.receipt.DeadLetter;
import dev.sluice.row.Row;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How long a writer tries, and what it does then. */
class WriterTroubleTest extends OpenClientTest {
    private static final Duration DAY = Duration.ofDays(1);

    @Test
    void tries_for_as_long_as_it_takes_when_nobody_else_has_the_rows() {
        retries(3, Duration.ofMinutes(2));
        transport.answer(batch -> Replies.notSent());
        StreamWriter writer = writer(1);
        write(writer, 0, 2);
        pass(DAY);
        assertThat(transport.sent()).hasSizeGreaterThan(2_000).hasSizeLessThan(50_000);
        transport.answer(Replies::allWritten);
        assertThat(writer.flush(DAY).delivered()).isEqualTo(2);
    }

    @Test
    void buries_the_rows_when_attempts_run_out_and_there_is_a_hook() {
        keepDeadLetters();
        retries(3, Duration.ofMinutes(2));
        transport.answer(batch -> Replies.notSent());
        StreamWriter writer = writer(1);
        write(writer, 0, 2);
        assertThat(writer.flush(DAY)).isEqualTo(new Ledger(2, 0, 0, 2, 0, 0));
        assertThat(letters.reasons()).containsOnly(DeadLetter.Reason.UNDELIVERED);
        assertThat(transport.sent()).hasSize(6);
    }

    @Test
    void buries_the_rows_when_the_deadline_passes_and_there_is_a_hook() {
        keepDeadLetters();
        retries(1_000, Duration.ofMinutes(2));
        transport.answer(batch -> Replies.refused(503));
        StreamWriter writer = writer(1);
        write(writer, 0, 1);
        assertThat(writer.flush(Duration.ofMinutes(2)).dead()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void waits_for_hours_when_the_key_may_be_replaced(boolean hook) {
        if (hook) {
            keepDeadLetters();
        }
        transport.answer(batch -> Replies.unauthorized(true));
        StreamWriter writer = writer(1);
        write(writer, 0, 3);
        pass(Duration.ofHours(5));
        assertThat(client().health()).isEqualTo(Health.AUTH);
        assertThat(writer.ledger().pending()).isEqualTo(3);
        transport.answer(Replies::allWritten);
        assertThat(writer.flush(Duration.ofMinutes(2))).isEqualTo(new Ledger(3, 3, 0, 0, 0, 0));
        assertThat(letters.letters()).isEmpty();
    }

    @Test
    void asks_rarely_while_a_key_is_refused() {
        transport.answer(batch -> Replies.unauthorized(true));
        StreamWriter writer = writer(1);
        write(writer, 0, 50);
        pass(Duration.ofHours(1));
        assertThat(transport.sent()).hasSizeLessThan(1_000);
    }

    @Test
    void stops_and_holds_everything_when_a_fixed_key_is_refused() {
        keepDeadLetters();
        transport.answer(batch -> Replies.unauthorized(false));
        StreamWriter writer = writer(1);
        write(writer, 0, 3);
        assertThatThrownBy(() -> writer.flush(DAY)).isInstanceOf(PushException.Unauthorized.class);
        assertThat(transport.sent()).hasSize(1);
        assertThat(writer.ledger()).isEqualTo(new Ledger(3, 0, 0, 0, 3, 0));
        assertThat(letters.letters()).isEmpty();
    }

    @Test
    void takes_no_more_rows_when_no_request_can_succeed() {
        transport.answer(batch -> Replies.refused(404));
        StreamWriter writer = writer(1);
        write(writer, 0, 3);
        work();
        assertThatThrownBy(() -> writer.offer(Row.json(json(9))))
                .isInstanceOf(ClosedException.class)
                .hasMessageContaining("has stopped")
                .hasMessageContaining("HTTP 404");
        assertThat(transport.sent()).hasSize(1);
        assertThat(writer.takeHeld()).hasSize(3);
    }

    @Test
    void stops_when_too_many_rows_are_refused_to_be_the_rows_fault() {
        keepDeadLetters();
        transport.answer(batch -> Replies.refused(400));
        StreamWriter writer = writer(40);
        write(writer, 0, 40);
        assertThatThrownBy(() -> writer.flush(DAY)).isInstanceOf(PushException.Stopped.class);
        assertThat(letters.letters()).isEmpty();
        assertThat(writer.ledger().held()).isEqualTo(40);
    }

    @Test
    void sends_again_under_the_same_id_when_the_outcome_is_unknown() {
        transport.script(Replies.unreadable(), Replies.refused(500));
        StreamWriter writer = writer(1);
        write(writer, 0, 1);
        assertThat(writer.flush(DAY).delivered()).isEqualTo(1);
        assertThat(transport.ids()).hasSize(3).containsOnly(transport.ids().get(0));
    }

    @Test
    void holds_a_batch_of_unknown_outcome_and_goes_on_when_told_to_hold() {
        transport.script(Replies.unreadable());
        StreamWriter writer = client().writer(TABLE)
                .batches(new BatchPolicy(1, 1_000))
                .onUnknown(UnknownPolicy.HOLD)
                .open();
        write(writer, 0, 2);
        assertThatThrownBy(() -> writer.flush(DAY)).isInstanceOf(PushException.OutcomeUnknown.class);
        assertThat(transport.bodies()).containsExactly(json(0), json(1));
        assertThat(writer.ledger()).isEqualTo(new Ledger(2, 1, 0, 0, 1, 0));
    }

    @Test
    void buries_a_batch_of_unknown_outcome_and_goes_on_when_told_to() {
        keepDeadLetters();
        settings.onUnknown(UnknownPolicy.DEAD_LETTER);
        transport.script(Replies.unreadable());
        StreamWriter writer = writer(1);
        write(writer, 0, 2);
        assertThat(writer.flush(DAY)).isEqualTo(new Ledger(2, 1, 0, 1, 0, 0));
        assertThat(letters.only().reason()).isEqualTo(DeadLetter.Reason.UNKNOWN);
    }

    @Test
    void holds_a_push_of_unknown_outcome_when_told_to_hold() {
        keepDeadLetters();
        transport.script(Replies.unreadable());
        PushRequest request = append(2).onUnknown(UnknownPolicy.HOLD);
        assertThatThrownBy(() -> client().push(request)).isInstanceOf(PushException.OutcomeUnknown.class);
        assertThat(transport.sent()).hasSize(1);
        assertThat(letters.letters()).isEmpty();
    }

    @Test
    void refuses_to_bury_what_is_unknown_when_there_is_no_hook() {
        settings.onUnknown(UnknownPolicy.DEAD_LETTER);
        assertThatThrownBy(() -> settings.build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("DEAD_LETTER")
                .hasMessageContaining("deadLetters");
        settings.onUnknown(UnknownPolicy.RETRY);
        StreamWriter.Builder writer = client().writer(TABLE).onUnknown(UnknownPolicy.DEAD_LETTER);
        assertThatThrownBy(writer::open).isInstanceOf(IllegalArgumentException.class);
        PushRequest request = append(1).onUnknown(UnknownPolicy.DEAD_LETTER);
        assertThatThrownBy(() -> client().push(request)).isInstanceOf(IllegalArgumentException.class);
        assertThat(client().ledger()).isEqualTo(Ledger.EMPTY);
    }

    @Test
    void waits_no_longer_when_the_wall_clock_is_set_back_during_a_wait() {
        transport.script(Replies.later(503, Duration.ofSeconds(30)));
        timing.duringPause(() -> timing.setWallClock(ManualTiming.START.minusSeconds(3_600)));
        StreamWriter writer = writer(1);
        write(writer, 0, 1);
        assertThat(writer.flush(Duration.ofSeconds(31)).delivered()).isEqualTo(1);
        assertThat(timing.pauses()).hasSize(1);
    }
}
