package dev.sluice.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.row.Destination;
import dev.sluice.row.InvalidRowException;
import dev.sluice.row.Row;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BatcherTest {
    private static final Destination EVENTS = Destination.append("bronze.events");

    @Test
    void keeps_rows_order_and_bounds_when_rows_are_random() {
        for (int seed = 0; seed < 2_000; seed++) {
            Random random = new Random(seed);
            BatchPolicy policy = new BatchPolicy(1 + random.nextInt(20), 1 + random.nextInt(300));
            List<String> rows = randomRows(random);
            List<Batch> batches = cut(rows, policy);
            assertThat(batches.stream().flatMap(BatcherTest::rows))
                    .as("seed %d", seed)
                    .containsExactlyElementsOf(rows);
            assertThat(batches).as("seed %d", seed).allSatisfy(batch -> keeps(policy, batch));
            assertThat(batches)
                    .extracting(batch -> batch.id().value())
                    .containsExactlyElementsOf(numbers(batches.size()));
            assertNoneCouldBeJoined(batches, policy);
        }
    }

    private static List<String> randomRows(Random random) {
        return IntStream.range(0, random.nextInt(200))
                .mapToObj(i -> "{\"n\":" + i + ",\"t\":\"" + "x".repeat(random.nextInt(40)) + "\"}")
                .toList();
    }

    private static List<Batch> cut(List<String> rows, BatchPolicy policy) {
        int[] next = {0};
        Batcher batcher = new Batcher(EVENTS, policy, buffer -> new BatchId(String.valueOf(next[0]++)));
        List<Batch> batches = new ArrayList<>();
        rows.forEach(row -> batcher.add(Row.json(row)).ifPresent(batches::add));
        batcher.drain().ifPresent(batches::add);
        assertThat(batcher.drain()).isEmpty();
        return batches;
    }

    private static void keeps(BatchPolicy policy, Batch batch) {
        assertThat(batch.rows()).isBetween(1, policy.maxRows());
        assertThat(batch.bytes())
                .isEqualTo(String.join(",", rows(batch).toList()).length());
        if (batch.rows() > 1) {
            assertThat(batch.bytes()).isLessThanOrEqualTo(policy.maxBytes());
        }
    }

    /** A batch is closed only when the next row has no place in it. */
    private static void assertNoneCouldBeJoined(List<Batch> batches, BatchPolicy policy) {
        for (int i = 1; i < batches.size(); i++) {
            Batch before = batches.get(i - 1);
            boolean full = before.rows() == policy.maxRows();
            assertThat(full || before.bytes() + 1 + batches.get(i).row(0).length > policy.maxBytes())
                    .isTrue();
        }
    }

    @Test
    void fills_a_batch_to_the_last_byte() {
        List<String> rows = List.of("{\"a\":1}", "{\"a\":2}");
        assertThat(cut(rows, new BatchPolicy(9, 15))).hasSize(1);
        assertThat(cut(rows, new BatchPolicy(9, 14))).hasSize(2);
    }

    @Test
    void sends_a_row_alone_when_it_is_longer_than_the_policy() {
        List<Batch> batches = cut(List.of("{\"a\":1}", "{\"a\":\"long\"}", "{\"a\":2}"), new BatchPolicy(9, 8));
        assertThat(batches).extracting(Batch::rows).containsExactly(1, 1, 1);
    }

    @Test
    void loses_no_waiting_row_when_one_is_too_long_for_any_request() {
        Batcher batcher = new Batcher(EVENTS, new BatchPolicy(1, 100), buffer -> BatchId.random());
        batcher.add(Row.json("{\"a\":1}"));
        assertThatThrownBy(() -> batcher.add(tooLong())).isInstanceOf(InvalidRowException.class);
        assertThat(batcher.drain().map(Batch::rows)).contains(1);
    }

    private static Row tooLong() {
        StringBuilder json = new StringBuilder("{\"n\":1");
        for (int i = 0; i < 11; i++) {
            json.append(",\"f")
                    .append(i)
                    .append("\":\"")
                    .append("x".repeat(950_000))
                    .append('"');
        }
        return Row.json(json.append('}').toString());
    }

    private static java.util.stream.Stream<String> rows(Batch batch) {
        return IntStream.range(0, batch.rows()).mapToObj(i -> new String(batch.row(i), StandardCharsets.UTF_8));
    }

    private static List<String> numbers(int count) {
        return IntStream.range(0, count).mapToObj(String::valueOf).toList();
    }
}
