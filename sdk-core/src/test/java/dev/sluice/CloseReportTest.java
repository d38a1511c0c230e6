package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.batch.Batch;
import dev.sluice.receipt.Receipt;
import dev.sluice.row.Destination;
import dev.sluice.row.Row;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What the end of a client or a writer says of the rows. */
class CloseReportTest extends OpenClientTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private void neverAnswers() {
        transport.answer(batch -> Replies.refused(503));
    }

    @Test
    void delivers_what_was_collected_before_it_closes() {
        StreamWriter writer = writer(10);
        write(writer, 0, 3);
        CloseReport report = Accounts.balanced(writer.close(MINUTE));
        assertThat(report.isClean()).isTrue();
        assertThat(report.ledger()).isEqualTo(new Ledger(3, 3, 0, 0, 0, 0));
    }

    @Test
    void holds_the_rows_of_a_writer_when_time_runs_out() {
        neverAnswers();
        StreamWriter writer = writer(2);
        write(writer, 0, 5);
        CloseReport report = Accounts.balanced(writer.close(MINUTE));
        assertThat(report.heldRows()).isEqualTo(5);
        assertThat(report.held())
                .allSatisfy(held -> assertThat(held.cause()).isInstanceOf(PushException.Aborted.class));
        assertThat(client().pendingBytes()).isZero();
    }

    @Test
    void gives_the_rows_of_a_writer_once_when_it_is_closed_twice() {
        neverAnswers();
        StreamWriter writer = writer(1);
        write(writer, 0, 1);
        assertThat(writer.close(Duration.ZERO).heldRows()).isEqualTo(1);
        assertThat(writer.close(Duration.ZERO).held()).isEmpty();
        assertThat(client().close(Duration.ZERO).held()).isEmpty();
    }

    @Test
    void throws_with_the_report_when_rows_are_left_and_nobody_asked_for_it() {
        neverAnswers();
        StreamWriter writer = writer(1);
        write(writer, 0, 2);
        UndeliveredException failure = catchThrowableOfType(UndeliveredException.class, writer::close);
        assertThat(failure).hasMessageContaining("2 rows in 2 batches");
        assertThat(failure.report().heldRows()).isEqualTo(2);
    }

    @Test
    void keeps_the_account_of_a_writer_that_has_closed() {
        StreamWriter writer = writer(1);
        write(writer, 0, 2);
        writer.close();
        assertThat(client().ledger(TABLE)).isEqualTo(new Ledger(2, 2, 0, 0, 0, 0));
        assertThat(writer.ledger()).isEqualTo(new Ledger(2, 2, 0, 0, 0, 0));
    }

    @Test
    void holds_the_rows_of_writers_and_of_pushes_that_nobody_waits_for() {
        neverAnswers();
        write(writer(1), 0, 2);
        CompletableFuture<Receipt> future = client().pushAsync(append(OTHER, 3));
        CloseReport report = Accounts.balanced(client().close(MINUTE));
        assertThat(report.heldRows()).isEqualTo(5);
        assertThat(report.ledger()).isEqualTo(new Ledger(5, 0, 0, 0, 5, 0));
        assertThat(future).isCompletedExceptionally();
    }

    @Test
    void delivers_what_is_pending_when_there_is_time() {
        write(writer(100), 0, 2);
        CompletableFuture<Receipt> future = client().pushAsync(append(OTHER, 3));
        assertThat(client().close(MINUTE).ledger()).isEqualTo(new Ledger(5, 5, 0, 0, 0, 0));
        assertThat(future.join().delivered()).isEqualTo(3);
        assertThat(transport.isClosed()).isTrue();
    }

    @Test
    void says_the_same_twice() {
        neverAnswers();
        write(writer(1), 0, 1);
        CloseReport first = client().close(Duration.ZERO);
        assertThat(client().close(MINUTE)).isEqualTo(first);
    }

    @Test
    void refuses_everything_when_it_is_closed() {
        StreamWriter writer = writer(1);
        client().close();
        assertThatThrownBy(() -> writer.write(Row.json(json(0)))).isInstanceOf(ClosedException.class);
        assertThatThrownBy(() -> writer.offer(Row.json(json(0)))).isInstanceOf(ClosedException.class);
        assertThatThrownBy(() -> client().pushAsync(append(1))).isInstanceOf(ClosedException.class);
        assertThatThrownBy(() -> client().writer(TABLE).open()).isInstanceOf(ClosedException.class);
        assertThat(writer.close(Duration.ZERO).ledger()).isEqualTo(Ledger.EMPTY);
    }

    @Test
    void refuses_rows_when_the_writer_is_closed() {
        StreamWriter writer = writer(1);
        writer.close();
        assertThatThrownBy(() -> writer.write(Row.json(json(0))))
                .isInstanceOf(ClosedException.class)
                .hasMessageContaining("StreamWriter");
        assertThat(writer.flush(Duration.ZERO)).isEqualTo(Ledger.EMPTY);
        assertThat(client().pendingBytes()).isZero();
    }

    @Test
    void refuses_rows_at_once_when_the_writer_is_closed_and_memory_is_full() {
        settings.maxMemory(1_000);
        neverAnswers();
        StreamWriter writer = writer(100);
        StreamWriter other = writer(100);
        writer.close();
        for (int id = 0; other.offer(Row.json(json(id))); id++) {}
        assertThatThrownBy(() -> writer.write(Row.json(json(0)))).isInstanceOf(ClosedException.class);
        assertThat(transport.sent()).isEmpty();
    }

    @Test
    void holds_everything_when_a_listener_aborts() {
        CompletableFuture<StreamClient> own = new CompletableFuture<>();
        settings.listener(new PushListener() {
            @Override
            public void retrying(Batch batch, int attempt, String reason, Duration wait) {
                own.join().abort();
            }
        });
        neverAnswers();
        own.complete(client());
        write(writer(2), 0, 3);
        write(writer(Destination.append(OTHER), 2), 0, 1);
        pass(MINUTE);
        assertThat(transport.sent()).hasSize(1);
        assertThat(Accounts.balanced(client().close(MINUTE)).heldRows()).isEqualTo(4);
    }

    @Test
    void refuses_to_wait_for_itself_when_a_listener_closes() {
        CompletableFuture<StreamClient> own = new CompletableFuture<>();
        settings.listener(new PushListener() {
            @Override
            public void ended(Batch batch, Receipt.Part part, Duration elapsed) {
                own.join().close();
            }
        });
        own.complete(client());
        assertThat(client().push(append(1)).delivered()).isEqualTo(1);
        assertThat(RecordingLogs.lines()).anyMatch(line -> line.contains("call abort, which does not wait"));
    }

    @Test
    void keeps_an_account_for_each_table() {
        transport.answer(
                batch -> batch.destination().table().equals(OTHER) ? Replies.refused(404) : Replies.allWritten(batch));
        client().push(append(2));
        assertThatThrownBy(() -> client().push(append(OTHER, 3))).isInstanceOf(PushException.Stopped.class);
        assertThat(client().ledger(TABLE)).isEqualTo(new Ledger(2, 2, 0, 0, 0, 0));
        assertThat(client().ledger(OTHER)).isEqualTo(new Ledger(3, 0, 0, 0, 3, 0));
        assertThat(client().ledger()).isEqualTo(new Ledger(5, 2, 0, 0, 3, 0));
        assertThat(client().ledger("bronze.unknown")).isEqualTo(Ledger.EMPTY);
    }
}
