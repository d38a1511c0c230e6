package dev.sluice.lake;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Answers {@code POST /v2/stream}: body to request, request to rows in the file, and back. */
final class StreamEndpoint {
    private final LakeWriter writer;

    StreamEndpoint(LakeWriter writer) {
        this.writer = writer;
    }

    Answer answer(HttpExchange exchange, String requestId) throws IOException {
        boolean lines = isNdjson(Front.header(exchange, "Content-Type"));
        byte[] body =
                Body.read(exchange.getRequestBody(), Front.header(exchange, "Content-Encoding"), Limits.BODY_BYTES);
        Json.requireUtf8(body);
        String idempotencyKey = Front.header(exchange, "Idempotency-Key");
        StreamRequest request = lines
                ? ndjson(body, exchange.getRequestURI().getRawQuery(), idempotencyKey)
                : json(body, idempotencyKey);
        return answer(request, requestId);
    }

    private static boolean isNdjson(@Nullable String contentType) {
        String type = contentType == null ? "" : contentType;
        return switch (type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT)) {
            case "application/json" -> false;
            case "application/x-ndjson" -> true;
            default -> throw new Refusal(415, "Content-Type must be application/json or application/x-ndjson");
        };
    }

    private static StreamRequest json(byte[] body, @Nullable String idempotencyKey) throws IOException {
        Envelope envelope = Envelope.parse(body);
        StreamConfig config = StreamConfig.of(Json.MAPPER.readTree(envelope.config()));
        Rows rows = RowReader.readData(envelope.data());
        return new StreamRequest(config, rows, sha256(envelope.data()), batchId(idempotencyKey, config));
    }

    private static StreamRequest ndjson(byte[] body, @Nullable String query, @Nullable String idempotencyKey)
            throws IOException {
        StreamConfig config = StreamConfig.of(parameters(query));
        return new StreamRequest(config, RowReader.readLines(body), sha256(body), batchId(idempotencyKey, config));
    }

    private static @Nullable String batchId(@Nullable String idempotencyKey, StreamConfig config) {
        return idempotencyKey == null || idempotencyKey.isBlank() ? config.batchId() : idempotencyKey.strip();
    }

    private static Map<String, String> parameters(@Nullable String query) {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (String pair : query == null ? List.<String>of() : List.of(query.split("&", -1))) {
            int equals = pair.indexOf('=');
            String name = decoded(equals < 0 ? pair : pair.substring(0, equals));
            if (parameters.put(name, equals < 0 ? "" : decoded(pair.substring(equals + 1))) != null) {
                throw new Refusal(400, "the parameter \"" + name + "\" is there twice");
            }
        }
        return parameters;
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new Refusal(400, "a query parameter is not percent-encoded as it must be");
        }
    }

    private Answer answer(StreamRequest request, String requestId) {
        if (request.rows().size() == 0) {
            LakeWriter.Written nothing =
                    new LakeWriter.Written(0, 0, List.of("the request has no rows; nothing was written"));
            return answer(request, requestId, nothing, null);
        }
        LakeWriter.Written written = writer.write(request, requestId);
        return answer(request, requestId, written, request.config().waits() ? written.snapshotId() : null);
    }

    private static Answer answer(
            StreamRequest request, String requestId, LakeWriter.Written written, @Nullable Long snapshotId) {
        TableName table = request.config().table();
        Map<String, @Nullable Object> body = new LinkedHashMap<>();
        body.put("success", true);
        body.put("request_id", requestId);
        body.put("stream_id", "st_" + HexFormat.of().toHexDigits(table.folded().hashCode()));
        body.put("table", table.toString());
        body.put("accepted", request.rows().size());
        body.put("successful_rows", written.rows());
        body.put("rejected_rows", 0);
        body.put("partitions", List.of());
        body.put("snapshot_id", snapshotId);
        body.put("warnings", written.warnings());
        body.put("errors", List.of());
        return Answer.ok(body);
    }

    private static String sha256(byte[] data) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(data));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
