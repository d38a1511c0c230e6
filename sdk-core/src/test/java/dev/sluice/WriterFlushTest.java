package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sluice.batch.Batch;
import dev.sluice.receipt.Receipt;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A flush is a barrier over all that was written before it. */
class WriterFlushTest extends OpenClientTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @Test
    void waits_until_every_row_is_settled() {
        transport.script(Replies.notSent(), Replies.refused(503));
        StreamWriter writer = writer(2);
        write(writer, 0, 5);
        assertThat(writer.flush(MINUTE)).isEqualTo(new Ledger(5, 5, 0, 0, 0, 0));
        assertThat(transport.bodies().get(transport.bodies().size() - 1)).isEqualTo(json(4));
    }

    @Test
    void sends_nothing_when_there_is_nothing_to_send() {
        assertThat(writer(2).flush(Duration.ZERO)).isEqualTo(Ledger.EMPTY);
        assertThat(transport.sent()).isEmpty();
    }

    @Test
    void says_what_is_missing_when_time_runs_out() {
        transport.script(Replies.written(2, 0)).answer(batch -> Replies.refused(503));
        StreamWriter writer = writer(2);
        write(writer, 0, 5);
        assertThatThrownBy(() -> writer.flush(MINUTE))
                .isInstanceOf(FlushTimeoutException.class)
                .hasMessageContaining("2 of 3 batches for " + TABLE + " were not settled within PT1M")
                .hasMessageContaining("the API is DOWN")
                .hasMessageContaining("pending=3");
    }

    @Test
    void goes_on_delivering_when_a_flush_ran_out_of_time() {
        transport.answer(batch -> Replies.refused(503));
        StreamWriter writer = writer(2);
        write(writer, 0, 3);
        assertThat(catchThrowable(() -> writer.flush(MINUTE))).isInstanceOf(FlushTimeoutException.class);
        transport.answer(Replies::allWritten);
        assertThat(writer.flush(MINUTE).delivered()).isEqualTo(3);
    }

    @Test
    void throws_and_keeps_the_flag_when_interrupted_and_loses_nothing() {
        transport.answer(batch -> Replies.notSent());
        StreamWriter writer = writer(1);
        write(writer, 0, 1);
        timing.duringPause(() -> Thread.currentThread().interrupt());
        assertThatThrownBy(() -> writer.flush(MINUTE)).isInstanceOf(FlushTimeoutException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(transport.sent()).hasSize(1);
        timing.duringPause(() -> {});
        transport.answer(Replies::allWritten);
        assertThat(writer.flush(MINUTE).delivered()).isEqualTo(1);
    }

    @Test
    void throws_the_reason_as_long_as_rows_are_held() {
        transport.script(Replies.refused(400));
        StreamWriter writer = writer(1);
        write(writer, 0, 2);
        assertThatThrownBy(() -> writer.flush(MINUTE)).isInstanceOf(PushException.Rejected.class);
        assertThatThrownBy(() -> writer.flush(MINUTE)).isInstanceOf(PushException.Rejected.class);
        assertThat(writer.takeHeld()).hasSize(1);
        assertThat(writer.flush(MINUTE)).isEqualTo(new Ledger(2, 1, 0, 0, 1, 0));
    }

    @Test
    void delivers_a_held_batch_under_its_own_id_when_it_is_pushed_again() {
        transport.script(Replies.refused(422));
        StreamWriter writer = writer(1);
        write(writer, 0, 1);
        work();
        Held held = writer.takeHeld().get(0);
        assertThat(client().push(held.batch()).delivered()).isEqualTo(1);
        assertThat(transport.ids()).containsOnly(held.batch().id().value());
    }

    @Test
    void holds_the_rows_and_goes_on_when_the_hook_throws() {
        settings.deadLetters(letters.failNext(1));
        transport.script(Replies.refused(400), Replies.refused(400));
        StreamWriter writer = writer(1);
        write(writer, 0, 3);
        assertThatThrownBy(() -> writer.flush(MINUTE))
                .isInstanceOf(PushException.Rejected.class)
                .satisfies(e -> assertThat(e.getSuppressed())
                        .singleElement()
                        .hasToString("java.lang." + "IllegalStateException: disk full"));
        assertThat(writer.ledger()).isEqualTo(new Ledger(3, 1, 0, 1, 1, 0));
        assertThat(writer.takeHeld()).hasSize(1);
        assertThat(writer.flush(MINUTE).isSettled()).isFalse();
    }

    @Test
    void holds_the_rows_when_the_hook_throws_what_it_does_not_declare() {
        settings.deadLetters(letter -> sneak(new IOException("disk full")));
        transport.script(Replies.refused(400));
        StreamWriter writer = writer(1);
        write(writer, 0, 2);
        assertThatThrownBy(() -> writer.flush(MINUTE)).isInstanceOf(PushException.Rejected.class);
        assertThat(writer.ledger()).isEqualTo(new Ledger(2, 1, 0, 0, 1, 0));
    }

    @Test
    void goes_on_when_the_listener_throws_what_it_does_not_declare() {
        settings.listener(new PushListener() {
            @Override
            public void retrying(Batch batch, int attempt, String reason, Duration wait) {
                sneak(new IOException("retrying"));
            }

            @Override
            public void ended(Batch batch, Receipt.Part part, Duration elapsed) {
                sneak(new IOException("ended"));
            }
        });
        transport.script(Replies.notSent());
        StreamWriter writer = writer(1);
        write(writer, 0, 2);
        assertThat(writer.flush(MINUTE).delivered()).isEqualTo(2);
    }

    @Test
    void takes_a_transport_that_throws_what_it_does_not_declare_for_an_unknown_outcome() {
        transport.answer(batch -> {
            sneak(new IOException("cut"));
            return Replies.allWritten(batch);
        });
        StreamWriter writer =
                client().writer(TABLE).onUnknown(UnknownPolicy.HOLD).open();
        write(writer, 0, 1);
        assertThatThrownBy(() -> writer.flush(MINUTE)).isInstanceOf(PushException.OutcomeUnknown.class);
    }

    /** As Kotlin code does, which knows no checked exceptions. */
    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void sneak(Throwable any) throws T {
        throw (T) any;
    }

    @Test
    void refuses_to_wait_for_itself_when_a_listener_flushes() {
        CompletableFuture<Throwable> met = new CompletableFuture<>();
        CompletableFuture<StreamWriter> own = new CompletableFuture<>();
        settings.listener(new PushListener() {
            @Override
            public void ended(Batch batch, Receipt.Part part, Duration elapsed) {
                met.complete(catchThrowable(() -> own.join().flush(MINUTE)));
            }
        });
        own.complete(writer(1));
        write(own.join(), 0, 1);
        work();
        assertThat(met.join()).isInstanceOf(IllegalStateException.class).hasMessageContaining("another thread");
        assertThat(own.join().ledger().delivered()).isEqualTo(1);
    }
}
