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
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RowBufferTest {
    private static final Destination TO = Destination.append("a.b");
    private final RowBuffer buffer = new RowBuffer();

    private String drained() {
        Batch batch = buffer.toBatch(new BatchId("b"), TO);
        return String.join(
                ",",
                IntStream.range(0, batch.rows())
                        .mapToObj(i -> new String(batch.row(i), StandardCharsets.UTF_8))
                        .toList());
    }

    private void write(int n) {
        buffer.json().beginObject().name("n").number(n).endObject();
        buffer.endRow();
    }

    @Test
    void makes_rows_of_what_is_written_field_by_field() {
        write(1);
        buffer.add(Row.json("{\"n\":2}"));
        write(3);
        assertThat(buffer.rows()).isEqualTo(3);
        assertThat(buffer.bytes()).isEqualTo(3 * 7 + 2);
        assertThat(drained()).isEqualTo("{\"n\":1},{\"n\":2},{\"n\":3}");
    }

    @Test
    void is_empty_and_usable_when_a_batch_was_taken() {
        write(1);
        drained();
        assertThat(buffer.rows()).isZero();
        assertThat(buffer.bytes()).isZero();
        write(2);
        assertThat(drained()).isEqualTo("{\"n\":2}");
    }

    /** A buffer that is nearly full gives its array away, another one a copy. */
    @ParameterizedTest
    @ValueSource(ints = {16, 23, 24, 31, 32, 64, 71, 72, 79, 1_000})
    void leaves_batches_alone_whatever_room_it_was_made_with(int capacity) {
        RowBuffer one = new RowBuffer(capacity);
        List<Batch> batches = new ArrayList<>();
        for (int n = 0; n < 9; n++) {
            for (int row = 0; row <= n; row++) {
                one.json().beginObject().name("n").number(n).endObject();
                one.endRow();
            }
            batches.add(one.toBatch(new BatchId("b"), TO));
        }
        for (int n = 0; n < 9; n++) {
            String row = "{\"n\":" + n + "}";
            assertThat(new String(batches.get(n).toBytes(), StandardCharsets.UTF_8))
                    .isEqualTo((row + ",").repeat(n) + row);
        }
    }

    @Test
    void leaves_a_batch_alone_when_it_is_filled_again() {
        write(1);
        Batch first = buffer.toBatch(new BatchId("b"), TO);
        write(2);
        assertThat(first.row(0)).isEqualTo("{\"n\":1}".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void refuses_a_batch_without_rows() {
        assertThatThrownBy(this::drained)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("at least one row");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void forgets_a_row_when_it_is_dropped(int before) {
        IntStream.range(0, before).forEach(this::write);
        int bytes = buffer.bytes();
        write(7);
        buffer.dropLast();
        assertThat(buffer.bytes()).isEqualTo(bytes);
        write(8);
        assertThat(drained()).endsWith("{\"n\":8}").hasSize((before + 1) * 8 - 1);
    }

    @Test
    void tells_rows_apart_by_their_digest() {
        write(1);
        String one = buffer.digest();
        write(2);
        assertThat(buffer.digest()).isNotEqualTo(one).hasSize(64);
        buffer.dropLast();
        assertThat(buffer.digest()).isEqualTo(one);
    }

    @ParameterizedTest
    @CsvSource({"0,2", "1,1", "0,1", "2,3", "1,3"})
    void leaves_removed_rows_out_of_the_batch(int from, int to) {
        List<String> left = new ArrayList<>();
        for (int row = 0; row <= 4; row++) {
            write(row * 50);
            if (row < from || row > to) {
                left.add("{\"n\":" + row * 50 + "}");
            }
        }
        int bytes = buffer.bytes();
        IntStream.rangeClosed(from, to).forEach(buffer::remove);
        assertThat(buffer.rows()).isEqualTo(5);
        assertThat(buffer.bytes()).isEqualTo(bytes);
        assertThat(drained()).isEqualTo(String.join(",", left));
    }

    @Test
    void makes_a_batch_of_what_is_left_as_if_the_removed_rows_had_never_been() throws IOException {
        IntStream.range(0, 4).forEach(this::write);
        buffer.remove(0);
        buffer.remove(2);
        RowBuffer fresh = new RowBuffer();
        fresh.add(Row.json("{\"n\":1}"));
        fresh.add(Row.json("{\"n\":3}"));
        assertThat(buffer.digest()).isEqualTo(fresh.digest());
        Batch batch = buffer.toBatch(new BatchId("b"), TO);
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        batch.writeTo(body);
        assertThat(body.toString(StandardCharsets.UTF_8)).isEqualTo("{\"n\":1},{\"n\":3}");
        assertThat(batch.bytes()).isEqualTo(15);
        assertThat(batch.split()).extracting(Batch::bytes).containsExactly(7, 7);
    }

    @Test
    void forgets_removals_when_a_batch_was_taken_or_the_row_is_dropped() {
        write(1);
        write(2);
        buffer.remove(0);
        assertThat(drained()).isEqualTo("{\"n\":2}");
        write(3);
        write(4);
        buffer.remove(1);
        buffer.dropLast();
        write(5);
        assertThat(drained()).isEqualTo("{\"n\":3},{\"n\":5}");
    }

    @Test
    void refuses_a_batch_when_every_row_was_removed() {
        write(1);
        buffer.remove(0);
        buffer.remove(0);
        assertThatThrownBy(this::drained).hasMessageContaining("at least one row");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1})
    void refuses_to_remove_a_row_that_is_not_there(int row) {
        write(1);
        assertThatThrownBy(() -> buffer.remove(row)).isInstanceOf(IndexOutOfBoundsException.class);
    }
}
