package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.receipt.RowStatus;
import dev.sluice.row.Destination;
import dev.sluice.row.Row;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of the future of a row. */
class WriterFutureTest extends OpenClientTest {
    private static final Destination MERGE = Destination.merge(TABLE, "id");

    private static List<CompletableFuture<RowStatus>> futures(StreamWriter writer, int rows) {
        return IntStream.range(0, rows)
                .mapToObj(id -> writer.write(Row.json(json(id))))
                .toList();
    }

    private static List<RowStatus> statuses(List<CompletableFuture<RowStatus>> futures) {
        return futures.stream()
                .map(future -> future.isCompletedExceptionally() ? null : future.getNow(null))
                .toList();
    }

    @Test
    void is_open_until_the_batch_was_answered() {
        StreamWriter writer = writer(2);
        List<CompletableFuture<RowStatus>> futures = futures(writer, 3);
        assertThat(futures).noneMatch(CompletableFuture::isDone);
        work();
        assertThat(statuses(futures)).containsExactly(RowStatus.ACCEPTED, RowStatus.ACCEPTED, null);
        assertThat(futures.get(2)).isNotDone();
    }

    @Test
    void says_committed_when_a_snapshot_is_named() {
        transport.script(Replies.committed(2, "snap_1"));
        List<CompletableFuture<RowStatus>> futures = futures(writer(2), 2);
        work();
        assertThat(statuses(futures)).containsOnly(RowStatus.COMMITTED);
    }

    @Test
    void says_dead_of_the_refused_row_alone() {
        keepDeadLetters();
        transport.answer(batch -> holds(batch, json(2)) ? Replies.refused(422) : Replies.allWritten(batch));
        List<CompletableFuture<RowStatus>> futures = futures(writer(4), 4);
        work();
        assertThat(statuses(futures))
                .containsExactly(RowStatus.ACCEPTED, RowStatus.ACCEPTED, RowStatus.DEAD, RowStatus.ACCEPTED);
        assertThat(letters.rows()).containsExactly(json(2));
    }

    @Test
    void says_partial_of_all_rows_when_only_some_were_written() {
        keepDeadLetters();
        transport.script(Replies.written(1, 2));
        List<CompletableFuture<RowStatus>> futures = futures(writer(3), 3);
        work();
        assertThat(statuses(futures)).containsOnly(RowStatus.PARTIAL);
        assertThat(client().ledger()).isEqualTo(new Ledger(3, 1, 0, 2, 0, 0));
    }

    @Test
    void says_superseded_of_the_earlier_rows_of_a_key() {
        StreamWriter writer = writer(MERGE, 4);
        List<CompletableFuture<RowStatus>> futures = java.util.stream.Stream.of(1, 2, 1, 1)
                .map(id -> writer.write(Row.json(json(id))))
                .toList();
        work();
        assertThat(statuses(futures))
                .containsExactly(RowStatus.SUPERSEDED, RowStatus.ACCEPTED, RowStatus.SUPERSEDED, RowStatus.ACCEPTED);
        assertThat(transport.bodies()).containsExactly(json(2) + "," + json(1));
    }

    @ParameterizedTest
    @CsvSource({"400,Rejected", "404,Stopped", "413,Rejected"})
    void fails_with_the_reason_when_the_row_is_held(int status, String type) {
        transport.answer(batch -> Replies.refused(status));
        CompletableFuture<RowStatus> future = futures(writer(1), 1).get(0);
        work();
        assertThat(failure(future)).isInstanceOf(PushException.class).hasMessageContaining("HTTP " + status);
        assertThat(failure(future).getClass().getSimpleName()).isEqualTo(type);
    }

    @Test
    void fails_of_the_refused_row_alone_when_there_is_no_hook() {
        transport.answer(batch -> holds(batch, json(1)) ? Replies.refused(400) : Replies.allWritten(batch));
        StreamWriter writer = writer(3);
        List<CompletableFuture<RowStatus>> futures = futures(writer, 3);
        work();
        assertThat(statuses(futures)).containsExactly(RowStatus.ACCEPTED, null, RowStatus.ACCEPTED);
        assertThat(futures.get(1)).isCompletedExceptionally();
        assertThat(writer.takeHeld())
                .singleElement()
                .satisfies(
                        held -> assertThat(ScriptedTransport.rows(held.batch())).isEqualTo(json(1)));
    }

    @Test
    void lets_its_callback_write_to_the_same_table() {
        StreamWriter writer = writer(1);
        List<CompletableFuture<Boolean>> next = futures(writer, 1).stream()
                .map(future -> future.thenApply(done -> writer.offer(Row.json(json(9)))))
                .toList();
        work();
        assertThat(next.get(0)).isCompletedWithValue(true);
        assertThat(transport.bodies()).containsExactly(json(0), json(9));
    }

    @Test
    void changes_nothing_when_its_callback_throws() {
        StreamWriter writer = writer(1);
        futures(writer, 1).get(0).whenComplete((status, failure) -> {
            throw new IllegalStateException("callback");
        });
        work();
        write(writer, 1, 2);
        assertThat(writer.flush(java.time.Duration.ZERO).delivered()).isEqualTo(2);
    }

    private static Throwable failure(CompletableFuture<RowStatus> future) {
        assertThat(future).isCompletedExceptionally();
        try {
            future.join();
            throw new AssertionError("did not fail");
        } catch (CompletionException e) {
            return e.getCause();
        }
    }
}
