package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.batch.BatchPolicy;
import dev.sluice.receipt.Receipt;
import dev.sluice.transport.Reply;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetryTest extends PushTest {
    @Test
    void delivers_in_one_attempt_when_all_rows_are_written() {
        Receipt receipt = push(3);
        assertThat(receipt.delivered()).isEqualTo(3);
        assertThat(receipt.status()).isEqualTo(Receipt.Status.ACCEPTED);
        assertThat(receipt.attempts()).isEqualTo(1);
        assertThat(timing.pauses()).isEmpty();
    }

    @Test
    void reports_committed_when_a_snapshot_is_named() {
        transport.script(Replies.committed(2, "snap_7"));
        Receipt receipt = push(2);
        assertThat(receipt.status()).isEqualTo(Receipt.Status.COMMITTED);
        assertThat(receipt.parts().get(0).snapshotId()).isEqualTo("snap_7");
        assertThat(receipt.parts().get(0).requestId()).isEqualTo("req_1");
    }

    @Test
    void sends_nothing_when_there_are_no_rows() {
        Receipt receipt = push(0);
        assertThat(receipt).isEqualTo(new Receipt(TABLE, 0, 0, List.of()));
        assertThat(receipt.status()).isEqualTo(Receipt.Status.ACCEPTED);
        assertThat(receipt.isSettled()).isTrue();
        assertThat(transport.sent()).isEmpty();
    }

    @Test
    void sends_the_same_bytes_under_the_same_id_when_it_tries_again() {
        transport.script(Replies.notSent(), Replies.unreadable(), Replies.refused(503), Replies.refused(500));
        assertThat(push(3).attempts()).isEqualTo(5);
        assertThat(transport.ids()).hasSize(5).containsOnly(transport.ids().get(0));
        assertThat(transport.bodies()).containsOnly(json(0) + "," + json(1) + "," + json(2));
    }

    @Test
    void sends_batches_in_order_under_numbered_ids_when_rows_need_several() {
        settings.batches(new BatchPolicy(2, 1_000));
        Receipt receipt = push(5);
        String push = transport.ids().get(0).replaceAll("\\.0$", "");
        assertThat(transport.ids()).containsExactly(push + ".0", push + ".1", push + ".2");
        assertThat(String.join(",", transport.bodies()))
                .isEqualTo(String.join(",", List.of(json(0), json(1), json(2), json(3), json(4))));
        assertThat(receipt.parts()).extracting(Receipt.Part::firstRow).containsExactly(0, 2, 4);
    }

    @Test
    void says_how_long_the_api_asked_to_wait_when_that_is_too_long() {
        transport.answer(batch -> Replies.later(429, Duration.ofSeconds(150)));
        assertThat(fails(PushException.Undelivered.class, 2)).hasMessageContaining("asks to wait 150 s");
    }

    @Test
    void gives_up_when_attempts_are_used_up() {
        retries(3, Duration.ofMinutes(2));
        transport.answer(batch -> Replies.notSent());
        PushException failure = fails(PushException.Undelivered.class, 2);
        assertThat(transport.sent()).hasSize(3);
        assertThat(timing.pauses()).hasSize(2);
        assertThat(failure).hasMessageContaining("2 of 2 rows for " + TABLE).hasMessageContaining("3 attempts");
    }

    @Test
    void begins_no_wait_that_would_end_past_the_deadline() {
        retries(1_000, Duration.ofSeconds(20));
        transport.answer(batch -> Replies.refused(503));
        fails(PushException.Undelivered.class, 1);
        Duration waited = timing.pauses().stream().reduce(Duration.ZERO, Duration::plus);
        assertThat(waited).isLessThan(Duration.ofSeconds(20));
        assertThat(transport.sent()).hasSize(timing.pauses().size() + 1).hasSizeLessThan(1_000);
    }

    @Test
    void gives_an_attempt_only_the_time_that_is_left() {
        retries(3, Duration.ofSeconds(30));
        transport.answer(batch -> {
            timing.advance(Duration.ofSeconds(12));
            return Replies.notSent();
        });
        fails(PushException.Undelivered.class, 1);
        assertThat(transport.sent().get(0).timeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(transport.sent().get(1).timeout()).isBetween(Duration.ofSeconds(17), Duration.ofSeconds(18));
    }

    @Test
    void gives_no_attempt_more_than_ninety_seconds() {
        retries(3, Duration.ofHours(1));
        push(1);
        assertThat(transport.sent().get(0).timeout()).isEqualTo(Duration.ofSeconds(90));
    }

    @Test
    void makes_no_attempt_without_time_when_a_pause_lasts_longer_than_asked_for() {
        retries(1_000, Duration.ofSeconds(20));
        timing.overshoot(Duration.ofSeconds(20));
        transport.answer(batch -> Replies.notSent());
        fails(PushException.Undelivered.class, 1);
        assertThat(transport.sent()).hasSize(1);
    }

    @Test
    void makes_no_attempt_without_time_when_the_turn_within_the_rate_limit_comes_late() {
        retries(8, Duration.ofHours(3));
        settings.rateLimit(RateLimit.parse("1 per h"));
        transport.answer(batch -> Replies.notSent());
        timing.duringPause(() -> timing.advance(Duration.ofHours(timing.pauses().size() == 2 ? 5 : 0)));
        fails(PushException.Undelivered.class, 1);
        assertThat(transport.sent()).hasSize(1);
        assertThat(timing.pauses()).hasSize(2);
    }

    @Test
    void waits_at_random_within_doubling_bounds() {
        retries(5, Duration.ofMinutes(2));
        transport.answer(batch -> Replies.notSent());
        for (int run = 0; run < 100; run++) {
            fails(PushException.Undelivered.class, 1);
        }
        assertThat(timing.pauses()).anyMatch(pause -> pause.compareTo(Duration.ofMillis(50)) < 0);
        assertThat(longest(0)).isBetween(Duration.ofMillis(400), Duration.ofMillis(500));
        assertThat(longest(1)).isBetween(Duration.ofMillis(800), Duration.ofMillis(1_000));
        assertThat(longest(3)).isBetween(Duration.ofMillis(3_200), Duration.ofMillis(4_000));
    }

    /** The longest of the waits after failure number {@code place}, counted from 0, over runs of four waits each. */
    private Duration longest(int place) {
        Duration longest = Duration.ZERO;
        for (int i = place; i < timing.pauses().size(); i += 4) {
            Duration pause = timing.pauses().get(i);
            longest = pause.compareTo(longest) > 0 ? pause : longest;
        }
        return longest;
    }

    @Test
    void waits_as_long_as_the_api_asks_for() {
        transport.script(Replies.later(429, Duration.ofSeconds(7)));
        push(1);
        assertThat(timing.pauses())
                .singleElement()
                .satisfies(pause -> assertThat(pause).isBetween(Duration.ofSeconds(7), Duration.ofMillis(7_500)));
    }

    @Test
    void counts_no_attempt_when_the_api_asks_to_wait() {
        retries(2, Duration.ofMinutes(2));
        Reply later = Replies.later(503, Duration.ofSeconds(1));
        transport.script(later, later, later, later, Replies.notSent());
        assertThat(push(1).attempts()).isEqualTo(6);
    }

    @Test
    void ends_at_once_when_the_api_asks_for_more_time_than_is_left() {
        retries(8, Duration.ofMinutes(2));
        transport.script(Replies.later(429, Duration.ofMinutes(5)));
        fails(PushException.Undelivered.class, 1);
        assertThat(timing.pauses()).isEmpty();
        assertThat(transport.sent()).hasSize(1);
    }

    @Test
    void ends_with_unknown_outcome_when_one_of_the_failed_attempts_may_have_written() {
        retries(3, Duration.ofMinutes(2));
        transport.script(Replies.unreadable(), Replies.notSent(), Replies.refused(503));
        PushException failure = fails(PushException.OutcomeUnknown.class, 2);
        assertThat(failure.receipt().undelivered()).isEqualTo(2);
        assertThat(failure).hasMessageContaining("may have been written");
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 413, 422})
    void never_splits_when_an_earlier_attempt_may_have_written(int status) {
        keepDeadLetters();
        transport.script(Replies.unreadable()).answer(batch -> Replies.refused(status));
        push(8);
        assertThat(transport.sent()).hasSize(2);
        assertThat(letters.only().reason()).hasToString("UNKNOWN");
        assertThat(letters.only().batch().rows()).isEqualTo(8);
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 404})
    void says_that_rows_may_be_written_when_another_reason_ends_a_doubtful_push(int status) {
        Reply end = status == 401 ? Replies.unauthorized(false) : Replies.refused(404);
        transport.script(Replies.unreadable(), end);
        assertThat(fails(PushException.class, 1)).hasMessageContaining("an attempt whose outcome is unknown");
    }

    @Test
    void tries_no_later_batch_when_one_could_not_be_delivered() {
        settings.batches(new BatchPolicy(2, 1_000));
        retries(2, Duration.ofMinutes(2));
        transport.script(Replies.written(2, 0)).answer(batch -> Replies.unreadable());
        Receipt receipt = fails(PushException.OutcomeUnknown.class, 7).receipt();
        assertThat(transport.sent()).hasSize(3);
        assertThat(receipt.delivered()).isEqualTo(2);
        assertThat(receipt.parts()).extracting(Receipt.Part::attempts).containsExactly(1, 2, 0, 0);
    }

    @Test
    void takes_a_failing_transport_for_an_unknown_outcome() {
        retries(1, Duration.ofMinutes(2));
        transport.answer(batch -> {
            throw new IllegalStateException("bug");
        });
        fails(PushException.OutcomeUnknown.class, 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 4, Integer.MAX_VALUE})
    void takes_impossible_counts_of_a_transport_for_an_unknown_outcome(int written) {
        retries(2, Duration.ofMinutes(2));
        transport.answer(batch -> Replies.written(written, 0));
        Receipt receipt = fails(PushException.OutcomeUnknown.class, 3).receipt();
        assertThat(receipt.delivered()).isZero();
        assertThat(transport.sent()).hasSize(2);
    }

    @Test
    void keeps_the_rate_limit_when_several_requests_follow_each_other() {
        settings.batches(new BatchPolicy(1, 1_000)).rateLimit(RateLimit.parse("2 per h"));
        push(5);
        assertThat(timing.pauses()).containsExactly(Duration.ofHours(1), Duration.ofHours(1));
    }

    @Test
    void ends_at_once_when_the_next_turn_within_the_rate_limit_is_past_the_deadline() {
        retries(8, Duration.ofMinutes(2));
        settings.rateLimit(RateLimit.parse("1 per h"));
        transport.answer(batch -> Replies.notSent());
        fails(PushException.Undelivered.class, 1);
        assertThat(transport.sent()).hasSize(1);
        assertThat(timing.pauses()).hasSize(1);
    }
}
