package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.batch.BatchPolicy;
import dev.sluice.receipt.DeadLetter.Reason;
import dev.sluice.receipt.Receipt;
import dev.sluice.receipt.RowStatus;
import dev.sluice.row.Destination;
import dev.sluice.row.InvalidRowException;
import dev.sluice.row.Row;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What the README's table of outcomes says, where it is not a matter of one status alone. */
class OutcomesTest extends PushTest {
    private static final Duration LONG = Duration.ofHours(1);

    @Test
    void pauses_the_whole_table_and_no_other_when_the_api_asks_to_wait() {
        settings.batches(new BatchPolicy(1, 1_000)).maxInFlight(4);
        List<String> log = new ArrayList<>();
        transport.answer(batch -> {
            String table = batch.destination().table();
            log.add(table + " after "
                    + Duration.between(ManualTiming.START, timing.now()).toSeconds() + " s");
            return table.equals(TABLE) && log.size() == 1
                    ? Replies.later(503, Duration.ofSeconds(40))
                    : Replies.allWritten(batch);
        });
        try (StreamClient client = settings.build()) {
            CompletableFuture<Receipt> paused = client.pushAsync(append(3));
            client.push("bronze.others", rows(2));
            assertThat(paused).isNotDone();
            assertThat(client.ledger(TABLE).pending()).isEqualTo(3);
            client.push(append(1));
            assertThat(paused).isCompleted();
        }
        assertThat(log).startsWith(TABLE + " after 0 s", "bronze.others after 0 s", "bronze.others after 0 s");
        assertThat(log.subList(3, log.size())).hasSize(4).containsOnly(TABLE + " after 40 s");
    }

    @Test
    void holds_a_batch_in_doubt_and_goes_on_with_the_others_when_told_to_hold() {
        keepDeadLetters();
        settings.batches(new BatchPolicy(2, 1_000)).onUnknown(UnknownPolicy.HOLD);
        transport.script(Replies.unreadable());
        Receipt receipt = fails(PushException.OutcomeUnknown.class, 4).receipt();
        assertThat(receipt.undelivered()).isEqualTo(2);
        assertThat(receipt.delivered()).isEqualTo(2);
        assertThat(transport.sent()).hasSize(2);
        assertThat(letters.letters()).isEmpty();
    }

    @Test
    void buries_a_batch_in_doubt_and_goes_on_with_the_others_when_told_to_bury() {
        keepDeadLetters();
        settings.batches(new BatchPolicy(2, 1_000)).onUnknown(UnknownPolicy.DEAD_LETTER);
        transport.script(Replies.refused(502));
        Receipt receipt = push(4);
        assertThat(receipt.dead()).isEqualTo(2);
        assertThat(receipt.delivered()).isEqualTo(2);
        assertThat(transport.sent()).hasSize(2);
        assertThat(letters.reasons()).containsExactly(Reason.UNKNOWN);
    }

    @Test
    void tries_again_under_any_policy_when_surely_nothing_was_written() {
        settings.onUnknown(UnknownPolicy.HOLD);
        transport.script(Replies.notSent(), Replies.refused(503), Replies.refused(429));
        assertThat(push(1).attempts()).isEqualTo(4);
    }

    @Test
    void refuses_to_bury_where_there_is_no_hook() {
        settings.onUnknown(UnknownPolicy.DEAD_LETTER);
        assertThatThrownBy(settings::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("deadLetters is not set");
    }

    @Test
    void makes_a_hundred_retries_in_ten_seconds_and_no_more() {
        settings.retries(new RetryPolicy(1_000, Duration.ofMillis(1), Duration.ofMillis(1), LONG));
        List<Instant> times = new ArrayList<>();
        transport.answer(batch -> {
            times.add(timing.now());
            return times.size() <= 150 ? Replies.notSent() : Replies.allWritten(batch);
        });
        assertThat(push(1).attempts()).isEqualTo(151);
        assertThat(times.get(100)).as("the 100th retry").isBefore(ManualTiming.START.plusSeconds(1));
        assertThat(times.get(101)).as("the 101st retry").isAfter(ManualTiming.START.plusSeconds(9));
    }

    @Test
    void buries_the_rows_of_a_merge_that_have_no_key_one_by_one() {
        keepDeadLetters();
        Receipt receipt = push(PushRequest.merge(TABLE, "id")
                .rows(List.of(Row.json("{\"v\":0}"), Row.json(json(1)), Row.json("{\"id\":null}"))));
        assertThat(receipt.delivered()).isEqualTo(1);
        assertThat(receipt.dead()).isEqualTo(2);
        assertThat(transport.bodies()).containsExactly(json(1));
        assertThat(letters.reasons()).containsExactly(Reason.INVALID, Reason.INVALID);
        assertThat(letters.rows()).containsExactly("{\"v\":0}", "{\"id\":null}");
    }

    @Test
    void buries_a_written_row_of_a_merge_that_has_no_key() {
        keepDeadLetters();
        try (StreamClient client = settings.build();
                StreamWriter writer =
                        client.writer(Destination.merge(TABLE, "id")).open()) {
            CompletableFuture<RowStatus> keyless = writer.write(Row.json("{\"v\":0}"));
            CompletableFuture<RowStatus> sound = writer.write(Row.json(json(1)));
            writer.flush(LONG);
            assertThat(keyless).isCompletedWithValue(RowStatus.DEAD);
            assertThat(sound).isCompletedWithValue(RowStatus.ACCEPTED);
        }
        assertThat(letters.reasons()).containsExactly(Reason.INVALID);
        assertThat(transport.bodies()).containsExactly(json(1));
    }

    @Test
    void throws_when_a_written_row_of_a_merge_has_no_key_and_there_is_no_hook() {
        try (StreamClient client = settings.build();
                StreamWriter writer =
                        client.writer(Destination.merge(TABLE, "id")).open()) {
            assertThatThrownBy(() -> writer.write(Row.json("{\"v\":0}")))
                    .isInstanceOf(InvalidRowException.class)
                    .hasMessageContaining("row 0, field id");
            assertThat(writer.ledger()).isEqualTo(Ledger.EMPTY);
        }
    }

    @Test
    void names_every_bad_row_and_sends_nothing_when_asked_to_validate() {
        try (StreamClient client = settings.build()) {
            List<InvalidRowException> problems = client.validate(PushRequest.merge(TABLE, "id")
                    .rows(List.of(Row.json(json(1)), Row.json("{\"v\":0}"), new int[] {1})));
            assertThat(problems).extracting(InvalidRowException::index).containsExactly(1, 2);
        }
        assertThat(transport.sent()).isEmpty();
    }

    @Test
    void tries_written_rows_without_end_when_there_is_no_hook() {
        retries(2, Duration.ofMinutes(2));
        transport.answer(batch -> timing.now().isBefore(ManualTiming.START.plus(LONG))
                ? Replies.refused(503)
                : Replies.allWritten(batch));
        try (StreamClient client = settings.build();
                StreamWriter writer = client.writer(TABLE).open()) {
            CompletableFuture<RowStatus> row = writer.write(Row.json(json(1)));
            writer.flush(LONG.multipliedBy(2));
            assertThat(row).isCompletedWithValue(RowStatus.ACCEPTED);
        }
    }

    @Test
    void buries_written_rows_when_their_time_is_over() {
        keepDeadLetters();
        retries(2, Duration.ofMinutes(2));
        transport.answer(batch -> Replies.refused(503));
        try (StreamClient client = settings.build();
                StreamWriter writer = client.writer(TABLE).open()) {
            CompletableFuture<RowStatus> row = writer.write(Row.json(json(1)));
            writer.flush(LONG);
            assertThat(row).isCompletedWithValue(RowStatus.DEAD);
        }
        assertThat(letters.reasons()).containsExactly(Reason.UNDELIVERED);
        assertThat(transport.sent()).hasSize(2);
    }

    @Test
    void waits_with_written_rows_past_the_deadline_when_the_key_may_be_replaced() {
        keepDeadLetters();
        retries(2, Duration.ofMinutes(2));
        transport.answer(batch -> timing.now().isBefore(ManualTiming.START.plus(LONG))
                ? Replies.unauthorized(true)
                : Replies.allWritten(batch));
        try (StreamClient client = settings.build();
                StreamWriter writer = client.writer(TABLE).open()) {
            CompletableFuture<RowStatus> row = writer.write(Row.json(json(1)));
            writer.flush(LONG.multipliedBy(2));
            assertThat(row).isCompletedWithValue(RowStatus.ACCEPTED);
        }
        assertThat(letters.letters()).isEmpty();
    }

    @Test
    void stops_the_writer_and_holds_its_rows_when_a_fixed_key_is_refused() {
        keepDeadLetters();
        transport.answer(batch -> Replies.unauthorized(false));
        StreamClient client = settings.build();
        StreamWriter writer = client.writer(TABLE).open();
        writer.write(Row.json(json(1)));
        assertThatThrownBy(() -> writer.flush(LONG)).isInstanceOf(PushException.Unauthorized.class);
        assertThatThrownBy(() -> writer.write(Row.json(json(2))))
                .isInstanceOf(ClosedException.class)
                .hasMessageContaining("401");
        CloseReport report = writer.close(Duration.ZERO);
        assertThat(report.heldRows()).isEqualTo(1);
        assertThat(report.held().get(0).cause()).isInstanceOf(PushException.Unauthorized.class);
        assertThat(letters.letters()).isEmpty();
        client.close();
    }

    @Test
    void gives_back_the_rows_that_are_held_under_their_id() {
        transport.script(Replies.refused(400));
        StreamClient client = settings.build();
        StreamWriter writer = client.writer(TABLE).open();
        writer.write(Row.json(json(1)));
        assertThatThrownBy(() -> writer.flush(LONG)).isInstanceOf(PushException.Rejected.class);
        Held held = writer.takeHeld().get(0);
        assertThat(writer.takeHeld()).isEmpty();
        assertThat(client.push(held.batch()).delivered()).isEqualTo(1);
        assertThat(transport.ids()).hasSize(2).containsOnly(held.batch().id().value());
        assertThat(writer.close(Duration.ZERO).isClean()).isTrue();
        client.close();
    }
}
