package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.batch.Batch;
import dev.sluice.batch.BatchId;
import dev.sluice.receipt.DeadLetter;
import dev.sluice.receipt.DeadLetterStore;
import dev.sluice.receipt.Receipt;
import dev.sluice.receipt.RowStatus;
import dev.sluice.row.Destination;
import dev.sluice.row.Row;
import dev.sluice.spool.Spool;
import dev.sluice.spool.SpoolException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A client with a spool in a file, on a scripted transport and stepped time. */
class SpoolTest extends SpooledClientTest {
    @Test
    void keeps_rows_before_the_first_byte_of_them_is_sent() {
        List<Long> kept = new ArrayList<>();
        transport.answer(batch -> {
            kept.add(spool.backlog().get(0).rows());
            return Replies.allWritten(batch);
        });
        Receipt receipt = client().push(append(250));
        assertThat(receipt.delivered()).isEqualTo(250);
        assertThat(kept).containsExactly(250L, 150L, 50L);
        assertThat(spool.backlog()).isEmpty();
    }

    @Test
    void says_that_rows_are_spooled_when_the_push_has_waited_long_enough() {
        transport.answer(batch -> DOWN);
        Receipt receipt = client().push(append(3));
        assertThat(receipt.status()).isEqualTo(Receipt.Status.SPOOLED);
        assertThat(receipt.spooled()).isEqualTo(3);
        assertThat(receipt.isSettled()).isTrue();
        assertThat(client().ledger(TABLE)).isEqualTo(new Ledger(3, 0, 0, 0, 0, 3));
        transport.answer(Replies::allWritten);
        pass(Duration.ofMinutes(1));
        assertThat(client().ledger(TABLE)).isEqualTo(new Ledger(3, 3, 0, 0, 0, 0));
    }

    @Test
    void waits_for_nothing_when_it_was_cut_off_before() {
        transport.answer(batch -> DOWN);
        client().push(append(3));
        assertThat(client().close(Duration.ZERO).spooledRows()).isEqualTo(3);
        Instant before = timing.now();
        assertThat(client().close(Duration.ofHours(1)).spooledRows()).isEqualTo(3);
        assertThat(timing.now()).isEqualTo(before);
    }

    @Test
    void goes_on_after_a_close_with_the_same_bytes_under_the_same_ids() {
        transport.answer(batch -> DOWN);
        client().push(append(250));
        CloseReport report = client().close(Duration.ZERO);
        assertThat(report.isClean()).isTrue();
        assertThat(report.spooledRows()).isEqualTo(250);
        List<ScriptedTransport.Sent> before = List.copyOf(transport.sent());

        transport.sent().clear();
        transport.answer(Replies::allWritten);
        reopen(file);
        try (StreamClient next = settings.build()) {
            assertThat(next.ledger(TABLE).pending()).isEqualTo(250);
            drain(next);
        }
        assertThat(transport.bodies()).containsExactly(jsons(0, 100), jsons(100, 200), jsons(200, 250));
        assertThat(before)
                .extracting(ScriptedTransport.Sent::id)
                .contains(transport.ids().get(0));
        assertThat(before)
                .extracting(ScriptedTransport.Sent::rows)
                .contains(transport.bodies().get(0));
    }

    @Test
    void sends_after_a_crash_only_the_pieces_that_had_not_ended() {
        transport.script(Replies.refused(413), Replies.allWritten(batch("any", 2)), DOWN);
        transport.answer(batch -> DOWN);
        client().push(append(4));
        transport.sent().clear();
        transport.answer(Replies::allWritten);
        drain(crashed());
        assertThat(transport.bodies()).containsExactly(jsons(2, 4));
        assertThat(transport.ids().get(0)).endsWith(".1");
    }

    @Test
    void never_splits_after_a_crash_what_may_be_written() {
        transport.answer(batch -> SILENCE);
        client().push(append(4));
        transport.answer(batch -> Replies.refused(413));
        transport.sent().clear();
        StreamClient next = crashed();
        drain(next);
        assertThat(transport.bodies()).containsExactly(jsons(0, 4));
        assertThat(next.ledger().dead()).isEqualTo(4);
    }

    @Test
    void splits_after_a_crash_what_was_surely_not_taken() {
        transport.answer(batch -> DOWN);
        client().push(append(4));
        transport.sent().clear();
        transport.script(Replies.refused(413));
        transport.answer(Replies::allWritten);
        drain(crashed());
        assertThat(transport.bodies()).containsExactly(jsons(0, 4), jsons(0, 2), jsons(2, 4));
    }

    @Test
    void keeps_dead_letters_in_the_spool() {
        transport.answer(batch -> holds(batch, json(1)) ? Replies.refused(422) : Replies.allWritten(batch));
        Receipt receipt = client().push(append(4));
        assertThat(receipt.dead()).isEqualTo(1);
        List<DeadLetterStore.Entry> letters = spool.deadLetters().list();
        assertThat(letters).singleElement().satisfies(letter -> {
            assertThat(letter.reason()).isEqualTo(DeadLetter.Reason.REJECTED);
            assertThat(letter.destination().table()).isEqualTo(TABLE);
            DeadLetter whole = spool.deadLetters().read(letter.name());
            assertThat(ScriptedTransport.rows(whole.batch())).isEqualTo(json(1));
        });
        assertThat(spool.backlog()).isEmpty();
    }

    @Test
    void keeps_the_letter_in_the_spool_when_the_hook_fails() {
        settings.deadLetters(letter -> {
            throw new IllegalStateException("the hook is broken");
        });
        transport.answer(batch -> Replies.written(1, 2));
        Receipt receipt = client().push(append(2));
        assertThat(receipt.status()).isEqualTo(Receipt.Status.PARTIAL);
        assertThat(spool.deadLetters().list())
                .singleElement()
                .satisfies(letter -> assertThat(letter.reason()).isEqualTo(DeadLetter.Reason.PARTIAL));
        pass(Duration.ofHours(1));
        assertThat(transport.sent()).hasSize(1);
    }

    @Test
    void gives_letters_to_the_hook_alone_where_it_works() {
        keepDeadLetters();
        transport.answer(batch -> Replies.refused(422));
        client().push(append(1));
        assertThat(letters.rows()).hasSize(1);
        assertThat(spool.deadLetters().list()).isEmpty();
        assertThat(spool.backlog()).isEmpty();
    }

    @Test
    void buries_a_row_without_its_key_at_once() {
        Receipt receipt =
                client().push(PushRequest.merge(TABLE, "id").rows(List.of(Row.json("{\"a\":1}"), Row.json(json(1)))));
        assertThat(receipt.delivered()).isEqualTo(1);
        assertThat(receipt.dead()).isEqualTo(1);
        assertThat(spool.deadLetters().list())
                .singleElement()
                .satisfies(letter -> assertThat(letter.reason()).isEqualTo(DeadLetter.Reason.INVALID));
    }

    @Test
    void tries_a_table_again_after_five_minutes_when_nobody_can_write_its_rows() {
        transport.script(Replies.refused(404));
        Receipt receipt = client().push(append(2));
        assertThat(receipt.spooled()).isEqualTo(2);
        pass(Duration.ofMinutes(4));
        assertThat(transport.sent()).hasSize(1);
        pass(Duration.ofMinutes(2));
        assertThat(transport.sent()).hasSize(2);
        assertThat(client().ledger(TABLE).delivered()).isEqualTo(2);
    }

    @Test
    void takes_no_more_into_memory_than_there_is_room_for() {
        settings.maxMemory(20_000);
        transport.answer(batch -> DOWN);
        for (int i = 0; i < 20; i++) {
            client().pushAsync(append(100));
        }
        work();
        assertThat(client().ledger().pending()).isEqualTo(2_000);
        assertThat(client().pendingBytes()).isLessThanOrEqualTo(10_000);
        transport.answer(Replies::allWritten);
        drain(client());
    }

    @Test
    void keeps_the_order_of_merges_of_one_table_through_a_restart() {
        transport.answer(batch -> DOWN);
        for (int i = 0; i < 5; i++) {
            client().pushAsync(PushRequest.merge(TABLE, "id").rows(List.of(Row.json("{\"id\":1,\"v\":" + i + "}"))));
        }
        pass(Duration.ofMinutes(3));
        transport.sent().clear();
        transport.answer(Replies::allWritten);
        drain(crashed());
        assertThat(transport.bodies())
                .containsExactly(
                        "{\"id\":1,\"v\":0}",
                        "{\"id\":1,\"v\":1}",
                        "{\"id\":1,\"v\":2}",
                        "{\"id\":1,\"v\":3}",
                        "{\"id\":1,\"v\":4}");
    }

    @Test
    void completes_the_future_of_a_written_row_when_it_is_safe() {
        transport.answer(batch -> DOWN);
        StreamWriter writer = writer(2);
        CompletableFuture<RowStatus> first = writer.write(Row.json(json(1)));
        assertThat(first).isNotDone();
        CompletableFuture<RowStatus> second = writer.write(Row.json(json(2)));
        work();
        assertThat(first).isCompletedWithValue(RowStatus.SPOOLED);
        assertThat(second).isCompletedWithValue(RowStatus.SPOOLED);
        assertThat(writer.ledger()).isEqualTo(new Ledger(0, 0, 0, 0, 0, 0));
        assertThat(client().ledger(TABLE)).isEqualTo(new Ledger(2, 0, 0, 0, 0, 2));
        assertThat(spool.backlog().get(0).rows()).isEqualTo(2);
    }

    @Test
    void flushes_into_the_spool() {
        transport.answer(batch -> DOWN);
        StreamWriter writer = writer(100);
        write(writer, 0, 7);
        writer.flush(Duration.ofSeconds(1));
        assertThat(spool.backlog().get(0).rows()).isEqualTo(7);
        assertThat(Accounts.balanced(writer.close(Duration.ZERO)).isClean()).isTrue();
    }

    @Test
    void remembers_a_batch_until_it_is_forgotten() {
        Batch batch = batch("b1", 2);
        assertThat(client().spool().orElseThrow().put(batch)).isTrue();
        assertThat(client().spool().orElseThrow().put(batch)).isFalse();
        work();
        assertThat(client().ledger(TABLE)).isEqualTo(new Ledger(2, 2, 0, 0, 0, 0));
        assertThat(client().spool().orElseThrow().put(batch)).isFalse();
        assertThat(client().spool().orElseThrow().knows(new BatchId("b1"))).isTrue();
        client().spool().orElseThrow().forget(new BatchId("b1"));
        assertThat(client().spool().orElseThrow().knows(new BatchId("b1"))).isFalse();
        work();
        assertThat(transport.sent()).hasSize(1);
        assertThat(client().pendingBytes()).isZero();
    }

    @Test
    void waits_for_room_in_the_spool_and_says_when_there_is_none() {
        settings.spool(bounded(folder.resolve("small.db"), 1_500)).maxBlock(Duration.ofMinutes(1));
        transport.answer(batch -> DOWN);
        client().pushAsync(append(100));
        SpoolException.Full full = catchThrowableOfType(SpoolException.Full.class, () -> client().push(append(100)));
        assertThat(full).hasMessageContaining("1500");
        assertThat(client().ledger(TABLE)).isEqualTo(new Ledger(100, 0, 0, 0, 0, 100));
        transport.answer(Replies::allWritten);
        assertThat(client().push(append(100)).delivered()).isEqualTo(100);
        assertThat(client().pendingBytes()).isZero();
    }

    private Spool bounded(Path path, long bytes) {
        spool.close();
        spool = Spool.sqlite(path, bytes);
        return spool;
    }

    @Test
    void says_that_the_spool_fails_and_loses_nothing_when_it_works_again() {
        FailingSpool failing = new FailingSpool(spool);
        settings.spool(failing).maxBlock(Duration.ofSeconds(5));
        StreamWriter writer = writer(2);
        failing.fail(true);
        CompletableFuture<RowStatus> first = writer.write(Row.json(json(0)));
        write(writer, 1, 2);
        work();
        assertThatThrownBy(() -> writer.write(Row.json(json(2)))).isInstanceOf(SpoolException.Full.class);
        assertThat(writer.offer(Row.json(json(2)))).isFalse();
        assertThatThrownBy(() -> writer.flush(Duration.ofSeconds(1)))
                .isInstanceOf(FlushTimeoutException.class)
                .hasMessageContaining("the spool fails");
        assertThat(first).isNotDone();
        failing.fail(false);
        pass(Duration.ofSeconds(2));
        assertThat(first).isCompletedWithValue(RowStatus.SPOOLED);
        write(writer, 2, 4);
        drain(client());
        assertThat(transport.bodies()).containsExactly(jsons(0, 2), jsons(2, 4));
    }

    @Test
    void stores_one_by_one_what_does_not_fit_together() {
        settings.spool(bounded(folder.resolve("small.db"), 30));
        StreamWriter writer = writer(2);
        write(writer, 0, 6);
        writer.flush(Duration.ofMinutes(1));
        drain(client());
        assertThat(transport.bodies()).containsExactly(jsons(0, 2), jsons(2, 4), jsons(4, 6));
    }

    @Test
    void names_the_spool_when_it_is_what_fills_the_memory() {
        FailingSpool failing = new FailingSpool(spool);
        settings.spool(failing).maxMemory(2_000).maxBlock(Duration.ofSeconds(5));
        StreamWriter writer = writer(2);
        failing.fail(true);
        assertThatThrownBy(() -> write(writer, 0, 1_000)).isInstanceOf(SpoolException.Full.class);
        failing.fail(false);
        drain(client());
    }

    @Test
    void hands_over_what_could_not_be_made_safe_before_the_end() {
        FailingSpool failing = new FailingSpool(spool);
        settings.spool(failing);
        StreamWriter writer = writer(2);
        failing.fail(true);
        write(writer, 0, 2);
        work();
        CloseReport report = Accounts.balanced(client().close(Duration.ofSeconds(3)));
        assertThat(report.heldRows()).isEqualTo(2);
        assertThat(report.held().get(0).batch().rows()).isEqualTo(2);
    }

    @Test
    void notes_an_end_later_when_the_spool_fails_at_it() {
        FailingSpool failing = new FailingSpool(spool);
        settings.spool(failing);
        transport.answer(batch -> {
            failing.fail(true);
            return Replies.allWritten(batch);
        });
        assertThat(client().push(append(3)).delivered()).isEqualTo(3);
        assertThat(spool.backlog()).hasSize(1);
        failing.fail(false);
        pass(Duration.ofSeconds(2));
        assertThat(spool.backlog()).isEmpty();
        assertThat(transport.sent()).hasSize(1);
    }

    @Test
    void lets_an_interrupted_push_go_for_its_rows_are_safe() {
        transport.answer(batch -> {
            Thread.currentThread().interrupt();
            return DOWN;
        });
        Receipt receipt = client().push(append(2));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(receipt.spooled()).isEqualTo(2);
        transport.answer(Replies::allWritten);
        drain(client());
    }

    @Test
    void refuses_what_a_spool_cannot_keep_to() {
        assertThatThrownBy(() -> settings.onUnknown(UnknownPolicy.HOLD).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("HOLD")
                .hasMessageContaining("spool");
        settings.onUnknown(UnknownPolicy.RETRY);
        assertThatThrownBy(() -> client().push(append(1).onUnknown(UnknownPolicy.DEAD_LETTER)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("DEAD_LETTER");
        assertThatThrownBy(() -> client().writer(Destination.append(TABLE)).onUnknown(UnknownPolicy.RETRY))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void delivers_the_other_pieces_when_one_may_be_written_and_is_refused() {
        transport.script(Replies.refused(413), SILENCE, Replies.refused(400));
        Receipt receipt = client().push(append(4));
        assertThat(receipt.dead()).isEqualTo(2);
        assertThat(receipt.delivered()).isEqualTo(2);
        assertThat(spool.deadLetters().list())
                .singleElement()
                .satisfies(letter -> assertThat(letter.reason()).isEqualTo(DeadLetter.Reason.UNKNOWN));
    }

    @Test
    void sends_a_batch_again_whose_attempt_does_not_come_to_an_end() {
        FailingSpool failing = new FailingSpool(spool);
        settings.spool(failing);
        boolean[] first = {true};
        transport.answer(batch -> {
            if (first[0]) {
                first[0] = false;
                failing.takeBack();
                // Still under way, and the others of the crew go on meanwhile.
                pass(Duration.ofMinutes(2));
                assertThat(transport.sent()).hasSize(2);
            }
            return Replies.allWritten(batch);
        });
        client().pushAsync(PushRequest.merge(TABLE, "id").rows(rows(3)));
        pass(Duration.ofMinutes(5));
        assertThat(transport.ids()).hasSize(2);
        assertThat(transport.ids().get(1)).isEqualTo(transport.ids().get(0));
        assertThat(client().ledger(TABLE)).isEqualTo(new Ledger(3, 3, 0, 0, 0, 0));
        assertThat(spool.backlog()).isEmpty();
    }

    @Test
    void waits_until_everything_is_delivered() {
        transport.script(DOWN, DOWN);
        client().pushAsync(append(3));
        assertThat(client().drain(Duration.ZERO).pending()).isEqualTo(3);
        assertThat(client().drain(Duration.ofHours(1)).delivered()).isEqualTo(3);
    }

    @Test
    void has_no_spool_unless_it_was_given_one() {
        settings.spool(null);
        spool.close();
        assertThat(client().spool()).isEmpty();
        assertThat(client().push(append(3)).delivered()).isEqualTo(3);
    }
}
