package dev.sluice.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.batch.Batch;
import dev.sluice.batch.BatchId;
import dev.sluice.batch.RowBuffer;
import dev.sluice.row.Destination;
import dev.sluice.row.Row;
import java.io.IOException;
import okio.Buffer;
import okio.Okio;
import okio.Sink;
import okio.Timeout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class BatchBodyTest {
    /** OkHttp hands on what it has whenever this many bytes are together. */
    private static final int SEGMENT = 8_192;

    @Test
    void counts_as_sent_when_its_end_was_handed_on_without_a_flush() {
        // The body is as long as two segments: writing its last byte hands all of it on.
        BatchBody body = body(2 * SEGMENT);
        CuttingSink sink = new CuttingSink(2 * SEGMENT - 1);
        assertThatThrownBy(() -> write(body, sink)).isInstanceOf(IOException.class);
        assertThat(body.sent()).isTrue();
    }

    @Test
    void counts_as_not_sent_when_the_line_was_cut_before_its_end() {
        BatchBody body = body(4 * SEGMENT);
        CuttingSink sink = new CuttingSink(SEGMENT);
        assertThatThrownBy(() -> write(body, sink)).isInstanceOf(IOException.class);
        assertThat(body.sent()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void hands_on_as_many_bytes_as_it_announced(boolean compressed) throws IOException {
        BatchBody body = new BatchBody(new Envelope(batch(100), false), compressed);
        long announced = body.contentLength();
        Buffer buffer = new Buffer();
        body.writeTo(buffer);
        assertThat(buffer.size()).isEqualTo(announced);
        assertThat(body.sent()).isTrue();
    }

    private static BatchBody body(int length) {
        int around = (int) new Envelope(batch(0), false).length();
        BatchBody body = new BatchBody(new Envelope(batch(length - around), false), false);
        assertThat(body.contentLength()).isEqualTo(length);
        return body;
    }

    private static Batch batch(int padding) {
        RowBuffer rows = new RowBuffer();
        rows.add(Row.json("{\"a\":\"" + "x".repeat(padding) + "\"}"));
        return rows.toBatch(new BatchId("b"), Destination.append("a.b"));
    }

    private static void write(BatchBody body, Sink sink) throws IOException {
        body.writeTo(Okio.buffer(sink));
    }

    /** A line that breaks when more than so many bytes have gone through. */
    private static final class CuttingSink implements Sink {
        private long left;

        CuttingSink(long bytes) {
            this.left = bytes;
        }

        @Override
        public void write(Buffer source, long bytes) throws IOException {
            left -= bytes;
            if (left < 0) {
                throw new IOException("cut");
            }
            source.skip(bytes);
        }

        @Override
        public void flush() {}

        @Override
        public Timeout timeout() {
            return Timeout.NONE;
        }

        @Override
        public void close() {}
    }
}
