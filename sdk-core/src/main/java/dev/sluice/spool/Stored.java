package dev.sluice.spool;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sluice.batch.Batch;
import dev.sluice.batch.BatchId;
import dev.sluice.row.Destination;
import dev.sluice.row.WriteMode;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A batch as columns of a table, and back. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Stored(
        String id, String table, String mode, @Nullable String key, String tags, int rows, byte[] sizes, byte[] json) {
    private static final JsonMapper JSON = new JsonMapper();
    private static final TypeReference<Map<String, String>> TAGS = new TypeReference<>() {};

    static Stored of(Batch batch) {
        Destination to = batch.destination();
        return new Stored(
                batch.id().value(),
                to.table(),
                to.mode().name(),
                to.key().orElse(null),
                tags(to),
                batch.rows(),
                sizes(batch),
                batch.toBytes());
    }

    /**
     * The batch again.
     *
     * @throws IllegalArgumentException if the columns make none
     */
    Batch batch() {
        ByteBuffer buffer = ByteBuffer.wrap(sizes);
        int[] each = new int[sizes.length / Integer.BYTES];
        for (int row = 0; row < each.length; row++) {
            each[row] = buffer.getInt();
        }
        return Batch.restore(new BatchId(id), destination(table, mode, key, tags), json, each);
    }

    /** Over every column. */
    long seal() {
        return Seal.of(id, table, mode, key, tags, rows, sizes, json);
    }

    /**
     * Where rows were going.
     *
     * @throws IllegalArgumentException if the columns say nothing that makes sense
     */
    static Destination destination(String table, String mode, @Nullable String key, String tags) {
        Destination to = key == null ? Destination.append(table) : Destination.merge(table, key);
        if (to.mode() != WriteMode.valueOf(mode)) {
            throw new IllegalArgumentException(mode + " does not go with " + to);
        }
        try {
            for (Map.Entry<String, String> tag : JSON.readValue(tags, TAGS).entrySet()) {
                to = to.tag(tag.getKey(), tag.getValue());
            }
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("the tags are no JSON", e);
        }
        return to;
    }

    private static String tags(Destination to) {
        try {
            return JSON.writeValueAsString(new TreeMap<>(to.tags()));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("strings can always be written", e);
        }
    }

    private static byte[] sizes(Batch batch) {
        ByteBuffer sizes = ByteBuffer.allocate(batch.rows() * Integer.BYTES);
        for (int row = 0; row < batch.rows(); row++) {
            sizes.putInt(batch.size(row));
        }
        return sizes.array();
    }
}
