package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.batch.BatchPolicy;
import dev.sluice.receipt.Receipt;
import dev.sluice.row.Destination;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Which batch is attempted next. */
class LaneTest extends OpenClientTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private static PushRequest merge(int rows) {
        return PushRequest.merge(TABLE, "id").rows(rows(rows));
    }

    private void oneRowABatch() {
        settings.batches(new BatchPolicy(1, 1_000));
    }

    private static boolean isTable(dev.sluice.batch.Batch batch, String table) {
        return batch.destination().table().equals(table);
    }

    @Test
    void retries_a_merged_batch_before_it_tries_the_next() {
        oneRowABatch();
        settings.maxInFlight(4);
        transport.script(Replies.notSent(), Replies.refused(503), Replies.notSent());
        assertThat(client().push(merge(3)).delivered()).isEqualTo(3);
        assertThat(transport.bodies()).containsExactly(json(0), json(0), json(0), json(0), json(1), json(2));
    }

    @Test
    void tries_other_appended_batches_while_one_waits() {
        oneRowABatch();
        settings.maxInFlight(4);
        transport.script(Replies.later(503, MINUTE.dividedBy(60)), Replies.notSent());
        client().push(append(1));
        transport.sent().clear();
        transport.script(Replies.notSent());
        client().push(append(4));
        assertThat(transport.bodies().subList(0, 4)).containsExactly(json(0), json(1), json(2), json(3));
        assertThat(transport.bodies()).hasSize(5).endsWith(json(0));
    }

    @Test
    void has_no_more_appended_batches_under_way_than_it_may() {
        oneRowABatch();
        settings.maxInFlight(2);
        transport.answer(batch -> Replies.notSent());
        client().pushAsync(append(10));
        pass(Duration.ofSeconds(3));
        assertThat(transport.bodies()).containsOnly(json(0), json(1));
    }

    @Test
    void begins_a_merge_only_when_no_append_is_under_way() {
        oneRowABatch();
        settings.maxInFlight(4);
        transport.script(Replies.notSent());
        CompletableFuture<Receipt> appended = client().pushAsync(append(1));
        client().push(merge(1));
        assertThat(appended).isDone();
        assertThat(transport.ids()).hasSize(3);
        assertThat(transport.ids().get(1)).isEqualTo(transport.ids().get(0));
    }

    @Test
    void begins_no_append_while_a_merge_is_under_way() {
        settings.maxInFlight(4);
        transport.script(Replies.notSent());
        CompletableFuture<Receipt> merged = client().pushAsync(merge(1));
        client().push(append(2));
        assertThat(merged).isDone();
        assertThat(transport.bodies()).containsExactly(json(0), json(0), jsons(0, 2));
    }

    @Test
    void delivers_to_other_tables_while_one_is_in_trouble() {
        transport.answer(batch -> isTable(batch, TABLE) ? Replies.refused(500) : Replies.allWritten(batch));
        CompletableFuture<Receipt> poisoned = client().pushAsync(append(1));
        assertThat(client().push(append(OTHER, 3)).delivered()).isEqualTo(3);
        assertThat(timing.pauses()).isEmpty();
        assertThat(poisoned).isNotDone();
    }

    @Test
    void pauses_the_whole_table_when_the_api_asks_to_wait() {
        oneRowABatch();
        settings.maxInFlight(4);
        transport.script(Replies.later(429, MINUTE));
        client().pushAsync(append(3));
        pass(MINUTE.minusSeconds(1));
        assertThat(transport.bodies()).containsExactly(json(0));
        pass(Duration.ofSeconds(2));
        assertThat(transport.bodies()).hasSize(4);
    }

    @Test
    void keeps_the_pause_for_pushes_that_come_later_and_not_for_other_tables() {
        transport.script(Replies.later(503, MINUTE));
        client().pushAsync(append(1));
        work();
        client().pushAsync(append(2));
        client().push(append(OTHER, 1));
        assertThat(tables(transport)).containsExactly(TABLE, OTHER);
        assertThat(timing.pauses()).isEmpty();
    }

    @Test
    void asks_no_more_for_a_table_whose_key_is_refused() {
        oneRowABatch();
        settings.maxInFlight(4);
        retries(8, Duration.ofHours(2));
        transport.script(Replies.unauthorized(true));
        client().pushAsync(append(4));
        work();
        assertThat(transport.sent()).hasSize(1);
        pass(MINUTE);
        assertThat(transport.sent()).hasSize(5);
    }

    @Test
    void takes_tables_in_turn() {
        oneRowABatch();
        List<String> names = List.of("a.a", "b.b", "c.c");
        names.forEach(table -> client().pushAsync(append(table, 3)));
        work();
        for (int round = 0; round < 3; round++) {
            assertThat(tables(transport).subList(3 * round, 3 * round + 3)).containsExactlyInAnyOrderElementsOf(names);
        }
    }

    @Test
    void serves_a_table_that_comes_late_before_the_rest_of_a_long_queue() {
        oneRowABatch();
        client().pushAsync(append(50));
        client().push(append(OTHER, 1));
        assertThat(tables(transport).indexOf(OTHER)).isLessThan(3);
    }

    @Test
    void counts_the_rate_limit_of_each_table_by_itself() {
        oneRowABatch();
        settings.tableRateLimit(RateLimit.parse("1 per m")).retries(RetryPolicy.DEFAULT);
        client().pushAsync(append(2));
        client().pushAsync(append(OTHER, 2));
        work();
        assertThat(tables(transport)).containsExactlyInAnyOrder(TABLE, OTHER);
        pass(MINUTE);
        assertThat(transport.sent()).hasSize(4);
    }

    @Test
    void counts_the_rate_limit_of_the_client_over_all_tables() {
        settings.rateLimit(RateLimit.parse("1 per m"));
        client().pushAsync(append(1));
        client().pushAsync(append(OTHER, 1));
        work();
        assertThat(transport.sent()).hasSize(1);
        pass(MINUTE);
        assertThat(tables(transport)).containsExactlyInAnyOrder(TABLE, OTHER);
    }

    @Test
    void makes_no_more_retries_than_the_budget_has() {
        oneRowABatch();
        settings.maxInFlight(16).retryBudget(new RateLimit(5, MINUTE));
        retries(1_000, Duration.ofHours(2));
        transport.answer(batch -> Replies.notSent());
        client().pushAsync(append(16));
        pass(MINUTE.minusSeconds(1));
        assertThat(transport.sent()).hasSize(21);
    }

    @Test
    void makes_no_more_retries_than_the_budget_of_the_table_has() {
        settings.tableRetryBudget(new RateLimit(2, MINUTE));
        retries(1_000, Duration.ofHours(2));
        transport.answer(batch -> Replies.notSent());
        client().pushAsync(append(1));
        client().pushAsync(append(OTHER, 1));
        pass(MINUTE.minusSeconds(1));
        assertThat(transport.sent()).hasSize(6);
    }

    @Test
    void waits_while_the_circuit_is_open_and_fails_nothing_for_it() {
        settings.circuitBreaker(new CircuitBreaker(50, 2, Duration.ofSeconds(30)));
        transport.script(Replies.refused(502), Replies.refused(502));
        retries(8, Duration.ofHours(1));
        long start = timing.nanos();
        assertThat(client().push(append(1)).delivered()).isEqualTo(1);
        assertThat(Duration.ofNanos(timing.nanos() - start)).isGreaterThanOrEqualTo(Duration.ofSeconds(30));
        assertThat(transport.sent()).hasSize(3);
    }

    @Test
    void stops_asking_for_one_table_when_its_own_circuit_is_open() {
        settings.tableCircuitBreaker(new CircuitBreaker(50, 2, Duration.ofHours(1)));
        transport.answer(batch -> isTable(batch, TABLE) ? Replies.refused(502) : Replies.allWritten(batch));
        retries(1_000, Duration.ofHours(2));
        client().pushAsync(append(1));
        pass(MINUTE);
        assertThat(transport.sent()).hasSize(2);
        assertThat(client().push(append(OTHER, 1)).attempts()).isEqualTo(1);
    }

    @Test
    void says_that_the_circuit_is_open_when_a_push_ends_before_its_first_attempt() {
        settings.circuitBreaker(new CircuitBreaker(50, 2, Duration.ofHours(1)));
        retries(2, MINUTE);
        transport.answer(batch -> Replies.refused(503));
        assertThatThrownBy(() -> client().push(append(1))).isInstanceOf(PushException.Undelivered.class);
        assertThatThrownBy(() -> client().push(append(OTHER, 1)))
                .isInstanceOf(PushException.Undelivered.class)
                .hasMessageContaining("the circuit breaker is open");
    }

    @Test
    void keeps_the_order_of_a_key_when_a_writer_merges_while_the_api_fails() {
        settings.maxInFlight(4);
        transport.script(
                IntStream.range(0, 9).mapToObj(i -> Replies.notSent()).toArray(dev.sluice.transport.Reply[]::new));
        StreamWriter writer = writer(Destination.merge(TABLE, "id"), 1);
        write(writer, 0, 4);
        writer.flush(Duration.ofHours(1));
        assertThat(transport.bodies().stream().distinct().toList()).containsExactly(json(0), json(1), json(2), json(3));
    }

    @Test
    void tries_again_in_time_when_the_wall_clock_is_set_back_an_hour() {
        transport.script(Replies.later(503, MINUTE), Replies.notSent());
        timing.duringPause(() -> timing.setWallClock(timing.now().minusSeconds(3_600)));
        client().pushAsync(append(1));
        pass(MINUTE.plusSeconds(3));
        assertThat(client().ledger().delivered()).isEqualTo(1);
    }

    @Test
    void forgets_the_linger_of_a_writer_that_has_closed() {
        java.util.concurrent.atomic.AtomicReference<Dispatcher> own =
                new java.util.concurrent.atomic.AtomicReference<>();
        StreamClient other = settings.crew(dispatcher -> {
                    own.set(dispatcher);
                    return new SteppedCrew(dispatcher, timing);
                })
                .build();
        StreamWriter writer = other.writer(TABLE).linger(Duration.ofDays(1)).open();
        write(writer, 0, 1);
        writer.close();
        own.get().lock().lock();
        assertThat(own.get().dueIn()).isEmpty();
        own.get().lock().unlock();
        other.close();
    }

    @Test
    void keeps_the_rate_limit_when_an_open_circuit_held_requests_back() {
        settings.maxInFlight(10)
                .rateLimit(RateLimit.parse("2 per s"))
                .circuitBreaker(new CircuitBreaker(100, 2, Duration.ofSeconds(30)));
        List<Long> sent = new ArrayList<>();
        transport.answer(batch -> {
            sent.add(timing.nanos());
            return sent.size() <= 2 ? Replies.notSent() : Replies.allWritten(batch);
        });
        for (int table = 0; table < 10; table++) {
            CompletableFuture<Receipt> ignored = client().pushAsync(append("bronze.t" + table, 1));
        }
        pass(Duration.ofMinutes(2));
        assertThat(sent).hasSize(12);
        for (int i = 2; i < sent.size(); i++) {
            // A limit by fixed periods lets the places of two periods meet at their border, and no more.
            assertThat(sent.get(i) - sent.get(Math.max(0, i - 4)))
                    .as("request %d of %s", i, sent)
                    .isGreaterThanOrEqualTo(i < 4 ? 0 : 1_000_000_000L);
        }
    }
}
