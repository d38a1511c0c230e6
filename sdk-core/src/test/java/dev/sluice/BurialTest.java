package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.batch.BatchPolicy;
import dev.sluice.receipt.DeadLetter;
import dev.sluice.receipt.DeadLetter.Reason;
import dev.sluice.receipt.Receipt;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BurialTest extends PushTest {
    @BeforeEach
    void twoRowsABatch() {
        settings.batches(new BatchPolicy(2, 1_000));
        retries(2, Duration.ofMinutes(2));
    }

    @Test
    void buries_a_partly_written_batch_whole_and_never_sends_it_again() {
        keepDeadLetters();
        settings.batches(new BatchPolicy(10, 1_000));
        transport.script(Replies.written(3, 7, "7 rows lack a date"));
        Receipt receipt = push(10);
        assertThat(receipt.delivered()).isEqualTo(3);
        assertThat(receipt.dead()).isEqualTo(7);
        assertThat(receipt.status()).isEqualTo(Receipt.Status.PARTIAL);
        assertThat(transport.sent()).hasSize(1);
        assertThat(letters.only().written()).isEqualTo(3);
        assertThat(letters.rows()).hasSize(10);
        assertThat(letters.only().message()).contains("3 of 10 rows written").contains("7 rows lack a date");
    }

    @Test
    void goes_on_with_the_next_batch_when_one_was_partly_written() {
        keepDeadLetters();
        transport.script(Replies.written(1, 1));
        assertThat(push(6).delivered()).isEqualTo(5);
    }

    @Test
    void throws_partly_written_when_there_is_no_hook() {
        transport.script(Replies.written(1, 1));
        Receipt receipt = fails(PushException.PartlyWritten.class, 4).receipt();
        assertThat(receipt.delivered()).isEqualTo(3);
        assertThat(receipt.undelivered()).isEqualTo(1);
        assertThat(receipt.firstProblem()).map(Receipt.Part::status).contains(Receipt.Status.PARTIAL);
    }

    @Test
    void throws_rejected_and_delivers_the_others_when_there_is_no_hook() {
        transport.answer(batch -> holds(batch, json(1)) ? Replies.refused(400) : Replies.allWritten(batch));
        Receipt receipt = fails(PushException.Rejected.class, 4).receipt();
        assertThat(receipt.delivered()).isEqualTo(3);
        assertThat(receipt.firstProblem()).map(Receipt.Part::firstRow).contains(1);
    }

    @Test
    void throws_rejected_when_a_single_row_is_too_large_and_there_is_no_hook() {
        transport.answer(batch -> Replies.refused(413));
        assertThat(fails(PushException.Rejected.class, 1)).hasMessageContaining("HTTP 413");
    }

    @Test
    void leaves_rows_with_the_caller_when_the_hook_fails() {
        settings.deadLetters(letters.failNext(1));
        transport.script(Replies.written(1, 1));
        PushException failure = fails(PushException.PartlyWritten.class, 4);
        assertThat(failure.getSuppressed()).singleElement().isInstanceOf(IllegalStateException.class);
        assertThat(failure.receipt().undelivered()).isEqualTo(1);
        assertThat(failure).hasMessageContaining("the one that is set failed");
    }

    @Test
    void returns_a_receipt_when_the_hook_takes_every_batch_that_was_not_delivered() {
        keepDeadLetters();
        transport.script(Replies.written(2, 0)).answer(batch -> Replies.notSent());
        Receipt receipt = push(7);
        assertThat(receipt.delivered()).isEqualTo(2);
        assertThat(receipt.dead()).isEqualTo(5);
        assertThat(receipt.isSettled()).isTrue();
        assertThat(letters.reasons()).containsExactly(Reason.UNDELIVERED, Reason.UNDELIVERED, Reason.UNDELIVERED);
        assertThat(transport.sent()).hasSize(3);
    }

    @Test
    void calls_only_the_doubtful_batch_unknown_when_later_ones_are_buried_with_it() {
        keepDeadLetters();
        transport.answer(batch -> Replies.unreadable());
        push(6);
        assertThat(letters.reasons()).containsExactly(Reason.UNKNOWN, Reason.UNDELIVERED, Reason.UNDELIVERED);
    }

    @Test
    void buries_no_untried_batch_when_a_stop_follows_a_row_that_could_not_be_buried() {
        settings.deadLetters(letters.failNext(1));
        transport.script(Replies.refused(400), Replies.refused(400), Replies.written(1, 0), Replies.refused(404));
        Receipt receipt = fails(PushException.Rejected.class, 8).receipt();
        assertThat(letters.letters()).isEmpty();
        assertThat(receipt.delivered()).isEqualTo(1);
        assertThat(receipt.undelivered()).isEqualTo(7);
    }

    @Test
    void reports_untried_batches_as_undelivered_when_an_earlier_one_was_partly_written() {
        transport.script(Replies.written(1, 1), Replies.refused(404));
        Receipt receipt = fails(PushException.PartlyWritten.class, 6).receipt();
        assertThat(receipt.parts())
                .extracting(Receipt.Part::status)
                .containsExactly(Receipt.Status.PARTIAL, Receipt.Status.UNDELIVERED, Receipt.Status.UNDELIVERED);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void buries_nothing_undelivered_when_the_caller_brought_the_batch_itself(boolean doubt) {
        keepDeadLetters();
        transport.answer(batch -> doubt ? Replies.unreadable() : Replies.notSent());
        PushException failure = catchThrowableOfType(PushException.class, () -> push(batch("own", 3)));
        assertThat(failure).isInstanceOf(doubt ? PushException.OutcomeUnknown.class : PushException.Undelivered.class);
        assertThat(Accounts.balanced(failure.receipt()).undelivered()).isEqualTo(3);
        assertThat(letters.letters()).isEmpty();
        assertThat(transport.ids()).containsExactly("own", "own");
    }

    @Test
    void buries_refused_rows_when_the_caller_brought_the_batch_itself() {
        keepDeadLetters();
        transport.answer(batch -> holds(batch, json(1)) ? Replies.refused(422) : Replies.allWritten(batch));
        assertThat(push(batch("own", 3)).dead()).isEqualTo(1);
        assertThat(letters.rows()).containsExactly(json(1));
    }

    @Test
    void tells_of_doubt_before_all_else_when_rows_are_left_for_several_reasons() {
        settings.batches(new BatchPolicy(1, 1_000));
        retries(1, Duration.ofMinutes(2));
        transport.script(Replies.refused(400), Replies.refused(504));
        PushException failure = fails(PushException.OutcomeUnknown.class, 2);
        assertThat(failure).hasMessageContaining("504").hasMessageContaining("2 of 2 rows");
    }

    @Test
    void tells_a_letter_all_that_is_known() {
        keepDeadLetters();
        retries(3, Duration.ofMinutes(2));
        transport.script(Replies.notSent(), Replies.notSent(), Replies.refused(400));
        push(append(1));
        DeadLetter letter = letters.only();
        assertThat(letter.batch().id().value())
                .isEqualTo(transport.ids().get(2))
                .endsWith(".0");
        assertThat(letter.attempts()).isEqualTo(3);
        assertThat(letter.firstAttempt()).isEqualTo(ManualTiming.START);
        assertThat(letter.lastAttempt()).isEqualTo(timing.now()).isAfter(ManualTiming.START);
        assertThat(letter.httpStatus()).isEqualTo(400);
        assertThat(letter.requestId()).isEqualTo("req_2");
        assertThat(letter.written()).isZero();
    }
}
