package dev.sluice.benchmarks.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class SinkTest {
    private static final byte[] THREE_ROWS = "[{\"sequence_number\":1},{\"sequence_number\":2},{\"sequence_number\":3}]"
            .getBytes(StandardCharsets.US_ASCII);

    @Test
    void counts_rows_and_bytes_that_came_since_the_last_tally() throws Exception {
        try (Sink sink = new Sink()) {
            assertThat(post(sink, THREE_ROWS, "identity")).contains("\"successful_rows\":3,");
            assertThat(sink.tally()).isEqualTo(new Tally(3, THREE_ROWS.length, THREE_ROWS.length));

            post(sink, THREE_ROWS, "identity");
            post(sink, THREE_ROWS, "identity");

            assertThat(sink.tally()).isEqualTo(new Tally(6, 2 * THREE_ROWS.length, 2 * THREE_ROWS.length));
            assertThat(sink.tally()).isEqualTo(new Tally(0, 0, 0));
            assertThat(sink.events()).isEqualTo(9);
        }
    }

    @Test
    void answers_compressed_bodies_as_expected_and_counts_them_afterwards() throws Exception {
        byte[] packed = gzip(THREE_ROWS);
        try (Sink sink = new Sink()) {
            sink.expect(3, 5);

            assertThat(post(sink, packed, "gzip")).contains("\"successful_rows\":3,");
            assertThat(post(sink, packed, "gzip")).contains("\"successful_rows\":2,");
            assertThat(sink.events()).isZero();
            assertThat(sink.tally()).isEqualTo(new Tally(6, 2 * THREE_ROWS.length, 2 * packed.length));
        }
    }

    @Test
    void fails_when_a_body_is_said_to_be_compressed_and_is_not() throws Exception {
        try (Sink sink = new Sink()) {
            sink.expect(3, 3);
            post(sink, THREE_ROWS, "gzip");

            assertThatThrownBy(sink::tally).isInstanceOf(IOException.class);
        }
    }

    private static String post(Sink sink, byte[] body, String encoding) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(sink.url().resolve("/v2/stream"))
                .version(HttpClient.Version.HTTP_1_1)
                .header("Content-Encoding", encoding)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static byte[] gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(packed)) {
            out.write(plain);
        }
        return packed.toByteArray();
    }
}
