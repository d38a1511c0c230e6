package dev.sluice.testkit;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A request's rows, still as bytes, and what is to become of them: {@code {"data": DATA, "config": CONFIG}}.
 *
 * @param key the merge key, or null when rows are appended
 * @param waits whether the answer names the snapshot
 * @param batchId {@code tags.batch_id}; empty if there is none
 */
record Envelope(byte[] data, String table, @Nullable String key, boolean waits, String batchId) {
    private static final Set<String> SETTINGS = Set.of("table", "mode", "primary_key", "wait", "tags");
    private static final Pattern TABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*\\.[A-Za-z_][A-Za-z0-9_]*");

    static Envelope parse(byte[] body) throws IOException {
        Json.requireUtf8(body);
        Map<String, byte[]> members = new HashMap<>();
        try (JsonParser parser = Json.parser(body)) {
            check(parser.nextToken() == JsonToken.START_OBJECT, "the body must be an object");
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                member(parser, body, members);
            }
            check(parser.nextToken() == null, "the body goes on after its object");
        }
        check(members.keySet().equals(Set.of("data", "config")), "the body must have data and config, nothing else");
        return of(Json.MAPPER.readTree(members.get("config")), members.get("data"));
    }

    private static void member(JsonParser parser, byte[] body, Map<String, byte[]> members) throws IOException {
        String name = parser.currentName();
        parser.nextToken();
        int start = (int) parser.currentTokenLocation().getByteOffset();
        parser.skipChildren();
        parser.finishToken();
        int end = (int) parser.currentLocation().getByteOffset();
        members.put(name, Arrays.copyOfRange(body, start, end));
    }

    private static Envelope of(JsonNode config, byte[] data) {
        config.fieldNames().forEachRemaining(name -> check(SETTINGS.contains(name), "unknown setting config." + name));
        JsonNode wait = config.path("wait");
        check(wait.isMissingNode() || wait.isBoolean(), "config.wait must be true or false");
        JsonNode tags = config.path("tags");
        check(tags.isMissingNode() || tags.isObject(), "config.tags must be an object");
        String table = config.path("table").textValue();
        check(
                table != null && TABLE.matcher(table).matches(),
                "config.table must be there and written schema.table, as in bronze.customers");
        return new Envelope(
                data,
                String.valueOf(table),
                key(config),
                wait.asBoolean(),
                tags.path("batch_id").asText());
    }

    private static @Nullable String key(JsonNode config) {
        JsonNode mode = config.path("mode");
        JsonNode keys = config.path("primary_key");
        if (mode.isMissingNode() || "append".equals(mode.textValue())) {
            return null;
        }
        check("merge".equals(mode.textValue()), "config.mode must be append or merge");
        check(
                keys.isArray() && keys.size() == 1 && keys.get(0).isTextual(),
                "mode merge needs config.primary_key, an array of exactly one column");
        return keys.get(0).textValue();
    }

    private static void check(boolean holds, String rule) {
        if (!holds) {
            throw new Refusal(400, rule);
        }
    }
}
