package dev.sluice.testkit;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the server says to one request. */
record Answer(int status, Map<String, String> headers, byte[] body) {
    private static final String JSON = "application/json";

    /** The documented answer to a request of which {@code written} rows were written. */
    static Answer written(Envelope envelope, int rows, int written, @Nullable Long snapshot) {
        int rejected = rows - written;
        Map<String, @Nullable Object> body = new LinkedHashMap<>();
        body.put("success", true);
        body.put("stream_id", "st_" + Integer.toHexString(envelope.table().hashCode()));
        body.put("table", envelope.table());
        body.put("accepted", rows);
        body.put("successful_rows", written);
        body.put("rejected_rows", rejected);
        body.put("partitions", List.of());
        body.put("snapshot_id", snapshot);
        body.put("warnings", List.of());
        body.put("errors", rejected == 0 ? List.of() : List.of(rejected + " rows were rejected"));
        return json(200, body);
    }

    static Answer of(Refusal refusal) {
        return error(refusal.status(), refusal.message(), refusal.rejectedRows());
    }

    /** A status alone, as proxies and servers in trouble send it. */
    static Answer bare(int status) {
        return new Answer(status, Map.of(), new byte[0]);
    }

    static Answer html(int status, String text) {
        return new Answer(
                status,
                Map.of("Content-Type", "text/html"),
                ("<html><body>" + text + "</body></html>").getBytes(StandardCharsets.UTF_8));
    }

    static Answer error(int status, String message, int rejectedRows) {
        Map<String, @Nullable Object> body = new LinkedHashMap<>();
        body.put("success", false);
        body.put("error", message);
        body.put("errors", List.of(message));
        body.put("accepted", 0);
        body.put("successful_rows", 0);
        body.put("rejected_rows", rejectedRows);
        return json(status, body);
    }

    Answer with(String header, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new Answer(status, more, body);
    }

    /** The first line and the headers, promising {@code length} bytes of body. */
    byte[] head(int length) {
        StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " \r\n");
        headers.forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
        return head.append("Content-Length: " + length + "\r\n\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static Answer json(int status, Map<String, @Nullable Object> body) {
        try {
            return new Answer(status, Map.of("Content-Type", JSON), Json.MAPPER.writeValueAsBytes(body));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("texts and numbers are always JSON", e);
        }
    }
}
