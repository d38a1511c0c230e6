package dev.sluice.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.row.Destination;
import dev.sluice.row.InvalidRowException;
import dev.sluice.row.JsonWriter;
import dev.sluice.row.Row;
import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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
    void takes_a_row_that_is_too_long_out_again(int before) {
        IntStream.range(0, before).forEach(this::write);
        int bytes = buffer.bytes();
        writeLong(BatchPolicy.BYTE_LIMIT - 7);
        assertThatThrownBy(buffer::endRow)
                .isInstanceOf(InvalidRowException.class)
                .hasMessage("row: has 9934465 bytes of JSON, at most 9934464 fit in a request");
        assertThat(buffer.bytes()).isEqualTo(bytes);
        write(8);
        assertThat(drained()).endsWith("{\"n\":8}").hasSize((before + 1) * 8 - 1);
    }

    @Test
    void takes_the_longest_row_that_fits_a_request() {
        writeLong(BatchPolicy.BYTE_LIMIT - 8);
        buffer.endRow();
        assertThat(buffer.bytes()).isEqualTo(BatchPolicy.BYTE_LIMIT);
    }

    /** An object of one field, with a text of so many characters: 8 bytes more in all. */
    private void writeLong(int length) {
        JsonWriter json = buffer.json();
        json.beginObject().name("a").string("x".repeat(length)).endObject();
    }

    @Test
    void grows_with_its_rows() {
        IntStream.range(0, 10_000).forEach(this::write);
        assertThat(buffer.rows()).isEqualTo(10_000);
        assertThat(drained()).startsWith("{\"n\":0},{\"n\":1},").endsWith("{\"n\":9999}");
    }
}
