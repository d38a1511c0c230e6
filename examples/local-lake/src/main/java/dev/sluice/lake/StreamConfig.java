package dev.sluice.lake;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a request asks for besides its rows.
 *
 * @param key the merge key, or null when rows are appended
 * @param waits whether the answer names the snapshot
 * @param batchId {@code tags.batch_id}, or null
 */
record StreamConfig(
        TableName table,
        @Nullable String key,
        boolean waits,
        @Nullable String batchId) {
    private static final Set<String> CONFIG_KEYS = Set.of("table", "mode", "primary_key", "wait", "tags");
    private static final Set<String> QUERY_KEYS = Set.of("table", "mode", "primary_key", "wait");

    /** From the {@code config} object of a JSON envelope. */
    static StreamConfig of(JsonNode config) {
        if (!config.isObject()) {
            throw new Refusal(400, "config must be an object with at least a table");
        }
        config.fieldNames().forEachRemaining(name -> requireKnown(name, CONFIG_KEYS));
        JsonNode wait = config.path("wait");
        if (!wait.isMissingNode() && !wait.isBoolean()) {
            throw new Refusal(400, "config.wait must be true or false");
        }
        return of(text(config, "table"), text(config, "mode"), keys(config.path("primary_key")), wait.asBoolean())
                .withBatchId(batchId(config.path("tags")));
    }

    /** From the query parameters that address an NDJSON body. */
    static StreamConfig of(Map<String, String> query) {
        query.keySet().forEach(name -> requireKnown(name, QUERY_KEYS));
        String wait = query.getOrDefault("wait", "false");
        if (!wait.equals("true") && !wait.equals("false")) {
            throw new Refusal(400, "wait must be true or false");
        }
        String key = query.get("primary_key");
        List<String> keys = key == null ? List.of() : List.of(key.split(",", -1));
        return of(query.get("table"), query.get("mode"), keys, wait.equals("true"));
    }

    private static StreamConfig of(@Nullable String table, @Nullable String mode, List<String> keys, boolean wait) {
        if (table == null) {
            throw new Refusal(400, "config.table is missing: name the table to write to, as in bronze.customers");
        }
        return new StreamConfig(TableName.parse(table), key(mode == null ? "append" : mode, keys), wait, null);
    }

    private static @Nullable String key(String mode, List<String> keys) {
        if (mode.equals("append")) {
            return null;
        }
        if (!mode.equals("merge")) {
            throw new Refusal(400, "config.mode must be append or merge");
        }
        if (keys.size() != 1 || keys.get(0).isEmpty()) {
            throw new Refusal(
                    400,
                    "mode merge needs config.primary_key with exactly one column; it has " + keys.size()
                            + " (composite keys are not supported)");
        }
        return keys.get(0);
    }

    private static void requireKnown(String name, Set<String> known) {
        if (!known.contains(name)) {
            throw new Refusal(
                    400,
                    "unknown setting \"" + name + "\"; known are "
                            + String.join(", ", known.stream().sorted().toList()));
        }
    }

    private static @Nullable String text(JsonNode config, String name) {
        JsonNode value = config.path(name);
        if (value.isMissingNode()) {
            return null;
        }
        if (!value.isTextual()) {
            throw new Refusal(400, "config." + name + " must be a string");
        }
        return value.textValue();
    }

    private static List<String> keys(JsonNode value) {
        List<String> keys = new ArrayList<>();
        value.forEach(item -> keys.add(item.isTextual() ? item.textValue() : ""));
        if (!value.isMissingNode() && (!value.isArray() || keys.contains(""))) {
            throw new Refusal(400, "config.primary_key must be an array of column names, as in [\"id\"]");
        }
        return keys;
    }

    private static @Nullable String batchId(JsonNode tags) {
        if (!tags.isMissingNode() && !tags.isObject()) {
            throw new Refusal(400, "config.tags must be an object");
        }
        JsonNode id = tags.path("batch_id");
        return id.isTextual() && !id.textValue().isBlank() ? id.textValue() : null;
    }

    private StreamConfig withBatchId(@Nullable String id) {
        return new StreamConfig(table, key, waits, id);
    }
}
