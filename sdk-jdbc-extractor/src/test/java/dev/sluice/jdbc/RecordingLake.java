package dev.sluice.jdbc;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.batch.Batch;
import dev.sluice.transport.Reply;
import dev.sluice.transport.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Takes every batch and remembers it; what a test wants to happen in between happens before the answer. */
final class RecordingLake implements Transport {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final List<Batch> batches = new CopyOnWriteArrayList<>();
    private volatile Consumer<Batch> beforeAnswer = batch -> {};

    /** Called when a batch has landed and is not yet answered. */
    void beforeAnswer(Consumer<Batch> action) {
        beforeAnswer = action;
    }

    @Override
    public Reply send(Batch batch, Duration timeout) {
        batches.add(batch);
        beforeAnswer.accept(batch);
        return new Reply.Counted(batch.rows(), 0, "req_1", null, List.of());
    }

    List<Batch> batches() {
        return batches;
    }

    List<String> ids() {
        return batches.stream().map(batch -> batch.id().value()).toList();
    }

    /** Every row that arrived, as often as it arrived, in the order of arrival. */
    List<JsonNode> rows() {
        List<JsonNode> rows = new ArrayList<>();
        for (Batch batch : batches) {
            for (int i = 0; i < batch.rows(); i++) {
                rows.add(parse(batch.row(i)));
            }
        }
        return rows;
    }

    /** One field of every row. */
    List<String> values(String field) {
        return rows().stream().map(row -> row.path(field).asText()).toList();
    }

    @Override
    public void close() {}

    private static JsonNode parse(byte[] json) {
        try {
            return MAPPER.readTree(new String(json, java.nio.charset.StandardCharsets.UTF_8));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(new String(json, java.nio.charset.StandardCharsets.UTF_8), e);
        }
    }
}
