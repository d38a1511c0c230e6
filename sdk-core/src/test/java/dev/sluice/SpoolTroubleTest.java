package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.batch.BatchId;
import dev.sluice.receipt.Receipt;
import dev.sluice.receipt.RowStatus;
import dev.sluice.row.Destination;
import dev.sluice.row.Row;
import dev.sluice.spool.Span;
import dev.sluice.spool.Spool;
import dev.sluice.spool.SpoolException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What goes wrong between a client and its spool, at the worst moments. */
class SpoolTroubleTest extends SpooledClientTest {
    /** Something that happens around a call of the spool. */
    private interface Around {
        Object call(String method, Callable<Object> real) throws Throwable;
    }

    private Spool around(Around around) {
        Spool real = spool;
        return (Spool) Proxy.newProxyInstance(
                Spool.class.getClassLoader(),
                new Class<?>[] {Spool.class},
                (proxy, method, arguments) -> around.call(method.getName(), () -> {
                    try {
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause() instanceof Exception own ? own : e;
                    }
                }));
    }

    private static PushRequest merge(int value) {
        return PushRequest.merge(TABLE, "id").rows(List.of(Row.json("{\"id\":1,\"v\":" + value + "}")));
    }

    private void refuseRow(int id) {
        transport.answer(batch -> holds(batch, json(id)) ? Replies.refused(400) : Replies.allWritten(batch));
    }

    private List<String> pushThreeMerges() {
        for (int i = 0; i < 3; i++) {
            client().pushAsync(merge(i));
        }
        pass(Duration.ofMinutes(20));
        return List.of("{\"id\":1,\"v\":0}", "{\"id\":1,\"v\":1}", "{\"id\":1,\"v\":2}");
    }

    @Test
    void keeps_the_order_of_merges_when_one_was_stopped_and_comes_again() {
        List<String> written = new ArrayList<>();
        boolean[] first = {true};
        transport.answer(batch -> {
            if (first[0]) {
                first[0] = false;
                return Replies.refused(409);
            }
            written.add(ScriptedTransport.rows(batch));
            return Replies.allWritten(batch);
        });
        assertThat(pushThreeMerges()).isEqualTo(written);
    }

    @Test
    void keeps_the_order_of_merges_when_an_attempt_is_stuck() {
        FailingSpool failing = new FailingSpool(spool);
        settings.spool(failing);
        List<String> written = new ArrayList<>();
        boolean[] first = {true};
        transport.answer(batch -> {
            if (first[0]) {
                first[0] = false;
                failing.takeBack();
                pass(Duration.ofMinutes(2));
                return DOWN;
            }
            written.add(ScriptedTransport.rows(batch));
            return Replies.allWritten(batch);
        });
        assertThat(pushThreeMerges()).isEqualTo(written);
    }

    @Test
    void buries_only_the_row_at_fault_when_the_client_is_closed_after_the_whole_was_refused() {
        settings.rateLimit(new RateLimit(1, Duration.ofMinutes(1)));
        refuseRow(7);
        client().pushAsync(append(50));
        work();
        assertThat(transport.sent()).hasSize(1);
        client().close(Duration.ZERO);
        reopen(file);
        assertThat(next(spool).close(Duration.ofHours(1)).ledger().dead()).isEqualTo(1);
    }

    @Test
    void buries_only_the_row_at_fault_when_the_table_was_stopped_before() {
        transport.script(Replies.refused(404));
        refuseRow(7);
        client().pushAsync(append(50));
        pass(Duration.ofMinutes(10));
        assertThat(client().ledger().dead()).isEqualTo(1);
        assertThat(client().ledger().delivered()).isEqualTo(49);
    }

    @Test
    void buries_nothing_when_every_row_is_refused() {
        transport.answer(batch -> Replies.refused(400));
        client().pushAsync(append(50));
        pass(Duration.ofMinutes(30));
        assertThat(spool.deadLetters().list()).isEmpty();
        assertThat(client().ledger().pending()).isEqualTo(50);
    }

    @Test
    void takes_rows_in_during_an_outage_as_long_as_the_spool_has_room() {
        settings.maxMemory(64_000).maxBlock(Duration.ofSeconds(30));
        transport.answer(batch -> DOWN);
        for (int i = 0; i < 100; i++) {
            client().pushAsync(append("bronze.t" + i % 8, 70));
            work();
        }
        assertThat(client().ledger().pending()).isEqualTo(7_000);
        transport.answer(Replies::allWritten);
        drain(client());
    }

    @Test
    void knows_of_the_doubt_while_an_attempt_is_under_way_though_the_spool_failed_before() {
        FailingSpool failing = new FailingSpool(spool);
        settings.spool(failing);
        Span[] doubt = {null};
        boolean[] second = {false};
        transport.answer(batch -> {
            if (!second[0]) {
                second[0] = true;
                failing.fail(true);
                return Replies.refused(503);
            }
            if (doubt[0] == null) {
                pass(Duration.ofSeconds(2));
                try (Spool after = copy()) {
                    doubt[0] = after.claim(TABLE).orElseThrow().doubt();
                }
            }
            return Replies.allWritten(batch);
        });
        client().pushAsync(append(4));
        work();
        failing.fail(false);
        pass(Duration.ofSeconds(60));
        assertThat(doubt[0]).isEqualTo(new Span(0, 4));
    }

    @Test
    void tells_the_first_of_two_pushes_under_one_id() {
        CompletableFuture<Receipt> one = client().pushAsync(append(3).id(new BatchId("x")));
        CompletableFuture<Receipt> two = client().pushAsync(append(3).id(new BatchId("x")));
        pass(Duration.ofSeconds(1));
        assertThat(one.join().delivered()).isEqualTo(3);
        assertThat(two.join().spooled()).isEqualTo(3);
        assertThat(client().ledger()).isEqualTo(new Ledger(3, 3, 0, 0, 0, 0));
    }

    @Test
    void opens_a_file_that_was_vacuumed_and_analyzed() throws Exception {
        spool.put(List.of(batch("b", 3)), true);
        spool.close();
        try (Connection shell = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement sql = shell.createStatement()) {
            sql.execute("VACUUM");
            sql.execute("ANALYZE");
        }
        try (Spool again = Spool.sqlite(file)) {
            assertThat(again.backlog()).hasSize(1);
        }
    }

    @Test
    void frees_as_much_memory_as_it_took_when_another_batch_comes_back_first() {
        Spool.Lease[] lease = {null};
        settings.spool(around((name, real) -> {
            Object result = real.call();
            if (name.equals("claim") && lease[0] == null) {
                lease[0] = ((Spool.Claim) ((Optional<?>) result).orElseThrow()).lease();
            } else if (name.equals("next") && lease[0] != null && ((Optional<?>) result).isPresent()) {
                spool.release(lease[0]);
            }
            return result;
        }));
        transport.answer(batch -> DOWN);
        client().pushAsync(append(90));
        work();
        client().pushAsync(append(1));
        work();
        transport.answer(Replies::allWritten);
        client().drain(Duration.ofHours(2));
        assertThat(client().pendingBytes()).isZero();
    }

    @Test
    void goes_on_after_an_error_in_the_spool() {
        boolean[] first = {true};
        settings.spool(around((name, real) -> {
            if (name.equals("put") && first[0]) {
                first[0] = false;
                throw new OutOfMemoryError("Java heap space");
            }
            return real.call();
        }));
        StreamWriter writer = writer(2);
        CompletableFuture<RowStatus> row = writer.write(Row.json(json(0)));
        write(writer, 1, 2);
        pass(Duration.ofSeconds(10));
        assertThat(row).isCompletedWithValue(RowStatus.SPOOLED);
        assertThat(client().ledger().delivered()).isEqualTo(2);
    }

    @Test
    void never_sends_again_after_a_crash_what_the_policy_would_bury() {
        settings.onUnknown(UnknownPolicy.DEAD_LETTER);
        Spool[] after = {null};
        transport.answer(batch -> {
            after[0] = copy();
            return Replies.allWritten(batch);
        });
        client().pushAsync(append(4));
        work();
        transport.sent().clear();
        StreamClient next = next(after[0]);
        assertThat(next.close(Duration.ofHours(1)).ledger().dead()).isEqualTo(4);
        assertThat(transport.sent()).isEmpty();
    }

    @Test
    void sends_first_after_a_crash_what_may_be_written_so_that_no_other_attempt_hides_the_doubt() {
        Spool[] after = {null};
        transport.answer(batch -> {
            if (ScriptedTransport.rows(batch).equals(json(1))) {
                after[0] = copy();
            }
            return holds(batch, json(0)) ? Replies.refused(400) : Replies.allWritten(batch);
        });
        client().pushAsync(append(4));
        work();
        transport.sent().clear();
        transport.script(Replies.refused(404));
        assertThat(next(after[0]).close(Duration.ofSeconds(1)).spooledRows()).isEqualTo(4);
        transport.answer(Replies::allWritten);
        drain(next(Spool.sqlite(folder.resolve("after/spool.db"))));
        assertThat(transport.bodies()).containsExactly(json(1), json(1), json(0), jsons(2, 4));
    }

    @Test
    void never_splits_later_what_may_be_written_because_a_row_beside_it_was_buried() {
        transport.script(
                Replies.refused(400),
                Replies.refused(400),
                Replies.refused(400),
                Replies.allWritten(batch("any", 1)),
                SILENCE);
        client().pushAsync(append(4));
        work();
        client().close(Duration.ZERO);
        reopen(file);
        transport.sent().clear();
        transport.answer(batch -> Replies.refused(413));
        CloseReport report = next(spool).close(Duration.ofHours(1));
        assertThat(transport.bodies()).containsExactly(jsons(2, 4));
        assertThat(report.ledger().dead()).isEqualTo(2);
    }

    @Test
    void settles_a_row_without_its_key_at_once_though_the_api_is_down() {
        transport.answer(batch -> DOWN);
        StreamWriter writer = writer(Destination.merge(TABLE, "id"), 10);
        CompletableFuture<RowStatus> kept = writer.write(Row.json("{\"id\":1}"));
        writer.flush(Duration.ofSeconds(10));
        CompletableFuture<RowStatus> dead = writer.write(Row.json("{\"x\":1}"));
        writer.flush(Duration.ofSeconds(10));
        assertThat(kept).isCompletedWithValue(RowStatus.SPOOLED);
        assertThat(dead).isCompletedWithValue(RowStatus.DEAD);
        assertThat(Accounts.balanced(client().ledger())).isEqualTo(new Ledger(2, 0, 0, 1, 0, 1));
    }

    @Test
    void buries_no_row_of_a_push_that_the_spool_has_no_room_for() {
        spool.close();
        spool = Spool.sqlite(folder.resolve("small.db"), 10);
        settings.spool(spool).maxBlock(Duration.ZERO);
        PushRequest request =
                PushRequest.merge(TABLE, "id").rows(List.of(Row.json("{\"x\":1}"), Row.json("{\"id\":1234567890}")));
        assertThatThrownBy(() -> client().push(request)).isInstanceOf(SpoolException.Full.class);
        assertThat(spool.deadLetters().list()).isEmpty();
        assertThat(client().ledger()).isEqualTo(Ledger.EMPTY);
        assertThat(client().pendingBytes()).isZero();
    }
}
