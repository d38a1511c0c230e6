package dev.sluice.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.row.Destination;
import dev.sluice.row.Row;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BatchTest {
    private static Batch batch(int rows) {
        Random random = new Random(rows);
        RowBuffer buffer = new RowBuffer();
        IntStream.range(0, rows)
                .forEach(
                        i -> buffer.add(Row.json("{\"n\":" + i + ",\"t\":\"" + "é".repeat(random.nextInt(9)) + "\"}")));
        return buffer.toBatch(new BatchId("b"), Destination.append("a.b"));
    }

    private static List<String> rows(Batch batch) {
        return IntStream.range(0, batch.rows())
                .mapToObj(i -> new String(batch.row(i), StandardCharsets.UTF_8))
                .toList();
    }

    private static String written(Batch batch) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        batch.writeTo(out);
        assertThat(out.size()).isEqualTo(batch.bytes());
        return out.toString(StandardCharsets.UTF_8);
    }

    private static List<Batch> singles(Batch batch) {
        List<Batch> single = new ArrayList<>();
        if (batch.rows() == 1) {
            single.add(batch);
        } else {
            batch.split().forEach(half -> single.addAll(singles(half)));
        }
        return single;
    }

    @Test
    void writes_rows_with_commas_between_them() throws IOException {
        Batch batch = batch(3);
        assertThat(written(batch)).isEqualTo(String.join(",", rows(batch)));
        assertThat(batch).hasToString("batch b (3 rows, append to a.b)");
        assertThat(batch.firstRow()).isZero();
    }

    @Test
    void splits_into_halves_under_ids_that_follow_from_its_own() throws IOException {
        List<Batch> halves = batch(7).split();
        assertThat(halves).extracting(Batch::rows).containsExactly(3, 4);
        assertThat(halves).extracting(half -> half.id().value()).containsExactly("b.0", "b.1");
        assertThat(halves).extracting(Batch::firstRow).containsExactly(0, 3);
        assertThat(written(halves.get(0)) + "," + written(halves.get(1))).isEqualTo(written(batch(7)));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 64, 1_000})
    void splits_down_to_the_same_rows_and_ids_each_time(int rows) throws IOException {
        Batch whole = batch(rows);
        List<Batch> parts = singles(whole);
        assertThat(parts.stream().flatMap(part -> rows(part).stream())).containsExactlyElementsOf(rows(whole));
        assertThat(parts)
                .extracting(Batch::firstRow)
                .containsExactlyElementsOf(IntStream.range(0, rows).boxed().toList());
        assertThat(parts).extracting(Batch::id).doesNotHaveDuplicates();
        assertThat(parts)
                .extracting(Batch::id)
                .isEqualTo(singles(batch(rows)).stream().map(Batch::id).toList());
        assertThat(written(parts.get(rows - 1))).isEqualTo(rows(whole).get(rows - 1));
    }

    @Test
    void refuses_to_split_a_single_row() {
        assertThatThrownBy(() -> batch(1).split())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("one row");
    }

    @Test
    void keeps_its_bytes_when_a_row_that_was_handed_out_changes() {
        Batch batch = batch(2);
        batch.row(1)[2] = 'X';
        assertThat(rows(batch)).isEqualTo(rows(batch(2)));
    }
}
