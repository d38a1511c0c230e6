package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.batch.Batch;
import dev.sluice.batch.BatchId;
import dev.sluice.batch.BatchPolicy;
import dev.sluice.batch.RowBuffer;
import dev.sluice.receipt.DeadLetter.Reason;
import dev.sluice.receipt.Receipt;
import dev.sluice.row.Destination;
import dev.sluice.row.Row;
import dev.sluice.transport.Reply;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SplitTest extends PushTest {
    @BeforeEach
    void keepDead() {
        keepDeadLetters();
    }

    @Test
    void halves_a_batch_that_is_too_large_until_its_parts_fit() {
        transport.answer(batch -> batch.rows() > 2 ? Replies.refused(413) : Replies.allWritten(batch));
        Receipt receipt = push(5);
        String whole = transport.ids().get(0);
        assertThat(transport.ids()).containsExactly(whole, whole + ".0", whole + ".1", whole + ".1.0", whole + ".1.1");
        assertThat(receipt.delivered()).isEqualTo(5);
        assertThat(receipt.parts()).extracting(Receipt.Part::firstRow).containsExactly(0, 2, 3);
        assertThat(letters.letters()).isEmpty();
    }

    @Test
    void sends_nothing_that_is_too_large_for_any_request() {
        RowBuffer rows = new RowBuffer();
        rows.add(Row.json(json(0)));
        rows.json()
                .beginObject()
                .name("long")
                .string("x".repeat(BatchPolicy.BYTE_LIMIT))
                .endObject();
        rows.endRow();
        rows.add(Row.json(json(2)));
        Receipt receipt = push(rows.toBatch(new BatchId("x"), Destination.append("a.b")));
        assertThat(transport.bodies()).containsExactly(json(0), json(2));
        assertThat(letters.reasons()).containsExactly(Reason.TOO_LARGE);
        assertThat(receipt.delivered()).isEqualTo(2);
    }

    @Test
    void buries_the_one_row_that_is_too_large_by_itself() {
        transport.answer(batch -> holds(batch, json(6)) ? Replies.refused(413) : Replies.allWritten(batch));
        Receipt receipt = push(11);
        assertThat(letters.rows()).containsExactly(json(6));
        assertThat(letters.reasons()).containsExactly(Reason.TOO_LARGE);
        assertThat(receipt.delivered()).isEqualTo(10);
        assertThat(receipt.status()).isEqualTo(Receipt.Status.DEAD);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 422})
    void buries_exactly_the_rows_at_fault_and_delivers_the_others_once(int status) {
        Random random = new Random(7);
        for (int run = 0; run < 60; run++) {
            Set<String> bad = pick(random, 1 + random.nextInt(20), 100);
            RefusingLake lake = new RefusingLake(bad, status);
            Receipt receipt = new SplitTest().deliverTo(lake, 100);
            assertThat(receipt.dead()).isEqualTo(bad.size());
            assertThat(lake.taken)
                    .doesNotHaveDuplicates()
                    .doesNotContainAnyElementsOf(bad)
                    .hasSize(100 - bad.size());
            assertThat(lake.taken).isSortedAccordingTo((a, b) -> Integer.compare(id(a), id(b)));
        }
    }

    @Test
    void names_the_place_of_each_row_at_fault() {
        Set<String> bad = Set.of(json(3), json(57), json(99));
        transport.answer(new RefusingLake(bad, 400)::take);
        Receipt receipt = push(100);
        assertThat(receipt.parts())
                .filteredOn(part -> part.status() == Receipt.Status.DEAD)
                .extracting(Receipt.Part::firstRow)
                .containsExactlyInAnyOrder(3, 57, 99);
        assertThat(letters.reasons()).containsOnly(Reason.REJECTED);
        assertThat(letters.rows()).containsExactlyInAnyOrderElementsOf(bad);
    }

    @Test
    void isolates_when_a_counted_answer_wrote_nothing() {
        transport.answer(batch ->
                holds(batch, json(2)) ? Replies.written(0, batch.rows(), "bad id") : Replies.allWritten(batch));
        assertThat(push(4).delivered()).isEqualTo(3);
        assertThat(letters.only().message()).contains("0 of 1 rows written: bad id");
        assertThat(letters.only().httpStatus()).isEqualTo(200);
    }

    @Test
    void stops_and_buries_nothing_when_most_rows_are_refused() {
        settings.batches(new BatchPolicy(1_000, 1_000_000));
        transport.answer(batch -> Replies.refused(400));
        PushException failure = fails(PushException.Stopped.class, 1_500);
        assertThat(failure).hasMessageContaining("more than 50 of 1000 rows are refused");
        assertThat(failure.receipt().undelivered()).isEqualTo(1_500);
        assertThat(letters.letters()).isEmpty();
    }

    @Test
    void stops_and_buries_nothing_when_even_single_rows_are_too_large() {
        transport.answer(batch -> Replies.refused(413));
        assertThat(fails(PushException.Stopped.class, 100).receipt().dead()).isZero();
        assertThat(letters.letters()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {20, 21})
    void tolerates_twenty_bad_rows_in_a_small_batch_and_no_more(int count) {
        Set<String> bad = IntStream.range(0, count).mapToObj(PushTest::json).collect(Collectors.toSet());
        transport.answer(new RefusingLake(bad, 400)::take);
        if (count == 20) {
            assertThat(push(100).dead()).isEqualTo(20);
        } else {
            fails(PushException.Stopped.class, 100);
            assertThat(letters.letters()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {50, 51})
    void tolerates_five_percent_of_bad_rows_in_a_large_batch_and_no_more(int count) {
        settings.batches(new BatchPolicy(1_000, 1_000_000));
        Set<String> bad = pick(new Random(3), count, 1_000);
        transport.answer(new RefusingLake(bad, 422)::take);
        if (count == 50) {
            assertThat(push(1_000).dead()).isEqualTo(50);
        } else {
            fails(PushException.Stopped.class, 1_000);
            assertThat(letters.letters()).isEmpty();
        }
    }

    @Test
    void sends_nothing_more_of_a_split_batch_when_one_half_ends_the_push() {
        retries(2, java.time.Duration.ofMinutes(2));
        transport.script(Replies.refused(413)).answer(batch -> Replies.unreadable());
        assertThat(push(8).dead()).isEqualTo(8);
        assertThat(transport.sent()).hasSize(3);
        assertThat(letters.reasons()).containsExactly(Reason.UNKNOWN, Reason.UNDELIVERED);
    }

    @Test
    void splits_when_the_id_is_as_long_as_ids_may_be() {
        transport.answer(batch -> batch.rows() > 1 ? Replies.refused(413) : Replies.allWritten(batch));
        assertThat(push(append(9).id(new BatchId("i".repeat(200)))).delivered()).isEqualTo(9);
        assertThat(transport.ids()).doesNotHaveDuplicates();
    }

    private Receipt deliverTo(RefusingLake lake, int rows) {
        keepDeadLetters();
        transport.answer(lake::take);
        Receipt receipt = push(rows);
        assertThat(letters.rows()).containsExactlyInAnyOrderElementsOf(lake.bad);
        return receipt;
    }

    private static Set<String> pick(Random random, int count, int rows) {
        Set<String> picked = new TreeSet<>();
        while (picked.size() < count) {
            picked.add(json(random.nextInt(rows)));
        }
        return picked;
    }

    private static int id(String row) {
        return Integer.parseInt(row.replaceAll("\\D", ""));
    }

    /** Writes a batch unless a bad row is in it. */
    private static final class RefusingLake {
        private final Set<String> bad;
        private final int status;
        private final List<String> taken = new java.util.ArrayList<>();

        RefusingLake(Set<String> bad, int status) {
            this.bad = bad;
            this.status = status;
        }

        Reply take(Batch batch) {
            List<String> rows = List.of(ScriptedTransport.rows(batch).split("(?<=}),"));
            if (rows.stream().anyMatch(bad::contains)) {
                return Replies.refused(status);
            }
            taken.addAll(rows);
            return Replies.allWritten(batch);
        }
    }

    @Test
    void waits_for_a_turn_with_every_half_however_long_that_takes() {
        settings.rateLimit(RateLimit.parse("1 per h"));
        transport.script(Replies.refused(413));
        assertThat(push(2).delivered()).isEqualTo(2);
        assertThat(timing.pauses()).containsExactly(Duration.ofHours(1), Duration.ofHours(1));
    }
}
