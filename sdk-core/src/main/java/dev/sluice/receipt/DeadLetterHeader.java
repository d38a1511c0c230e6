package dev.sluice.receipt;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sluice.batch.Batch;
import dev.sluice.batch.BatchId;
import dev.sluice.row.Destination;
import dev.sluice.row.JsonWriter;
import dev.sluice.row.WriteMode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/** What is known of a dead letter without its rows, as one JSON object and back. */
final class DeadLetterHeader {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** Escaped they take six times as much, and a first line has at most 1,000,000 bytes. */
    private static final int MAX_WORDS = 50_000;

    private final JsonNode json;

    private DeadLetterHeader(JsonNode json) {
        this.json = json;
    }

    static byte[] write(DeadLetter letter) {
        Batch batch = letter.batch();
        JsonWriter json = new JsonWriter(512);
        json.beginObject();
        destination(batch.destination(), json);
        json.name("batch").string(batch.id().value());
        json.name("reason").string(letter.reason().name());
        json.name("message").string(whole(letter.message()));
        json.name("rows").number(batch.rows());
        json.name("written").number(letter.written());
        json.name("attempts").number(letter.attempts());
        json.name("firstAttempt").string(letter.firstAttempt().toString());
        json.name("lastAttempt").string(letter.lastAttempt().toString());
        json.name("httpStatus").number(letter.httpStatus());
        if (letter.requestId() != null) {
            json.name("requestId").string(whole(letter.requestId()));
        }
        json.endObject();
        return json.copy(0, json.size());
    }

    private static void destination(Destination to, JsonWriter json) {
        json.name("table").string(to.table());
        json.name("mode").string(to.mode().name().toLowerCase(Locale.ROOT));
        to.key().ifPresent(key -> json.name("key").string(key));
        if (!to.tags().isEmpty()) {
            json.name("tags").beginObject();
            new TreeMap<>(to.tags()).forEach((name, value) -> json.name(name).string(value));
            json.endObject();
        }
    }

    /** The API's words may hold half of a surrogate pair; that must not keep the rows from being kept. */
    private static String whole(String words) {
        String some = words.length() > MAX_WORDS ? words.substring(0, MAX_WORDS) + " ..." : words;
        return new String(some.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }

    /**
     * The header in {@code line}.
     *
     * @param name what the letter is known by
     * @throws IllegalArgumentException that says what is wrong, and quotes nothing: it may be anybody's file
     */
    static DeadLetterStore.Entry read(String name, byte[] line) {
        JsonNode json;
        try {
            json = JSON.readTree(line);
        } catch (IOException e) {
            throw new IllegalArgumentException("its first line is no JSON", e);
        }
        if (json == null || !json.isObject()) {
            throw new IllegalArgumentException("its first line is no JSON object");
        }
        return new DeadLetterHeader(json).entry(name);
    }

    private DeadLetterStore.Entry entry(String name) {
        int rows = number("rows", 1, Integer.MAX_VALUE);
        return new DeadLetterStore.Entry(
                name,
                tagged(destination()),
                valid("batch", () -> new BatchId(text("batch"))),
                valid("reason", () -> DeadLetter.Reason.valueOf(text("reason"))),
                text("message"),
                rows,
                number("written", 0, rows),
                number("attempts", 0, Integer.MAX_VALUE),
                valid("firstAttempt", () -> Instant.parse(text("firstAttempt"))),
                valid("lastAttempt", () -> Instant.parse(text("lastAttempt"))),
                number("httpStatus", 0, Integer.MAX_VALUE),
                optional("requestId").orElse(null));
    }

    private Destination destination() {
        String table = text("table");
        Optional<String> key = optional("key");
        WriteMode mode = valid("mode", () -> WriteMode.valueOf(text("mode").toUpperCase(Locale.ROOT)));
        if (key.isPresent() != (mode == WriteMode.MERGE)) {
            throw wrong("key");
        }
        return valid(
                "table",
                () -> key.map(one -> Destination.merge(table, one)).orElseGet(() -> Destination.append(table)));
    }

    /** Letters of earlier versions have no tags. */
    private Destination tagged(Destination plain) {
        JsonNode tags = json.path("tags");
        Destination to = plain;
        for (Map.Entry<String, JsonNode> tag : tags.properties()) {
            if (!tag.getValue().isTextual()) {
                throw wrong("tags");
            }
            Destination before = to;
            to = valid("tags", () -> before.tag(tag.getKey(), tag.getValue().textValue()));
        }
        if (!tags.isMissingNode() && !tags.isObject()) {
            throw wrong("tags");
        }
        return to;
    }

    private Optional<String> optional(String field) {
        return json.has(field) ? Optional.of(text(field)) : Optional.empty();
    }

    private String text(String field) {
        JsonNode value = json.path(field);
        if (!value.isTextual()) {
            throw wrong(field);
        }
        return value.textValue();
    }

    private int number(String field, int least, int most) {
        JsonNode value = json.path(field);
        if (!value.isIntegralNumber()
                || !value.canConvertToInt()
                || value.intValue() < least
                || value.intValue() > most) {
            throw wrong(field);
        }
        return value.intValue();
    }

    /** What others say of a bad value quotes it. */
    private static <T> T valid(String field, Supplier<T> value) {
        try {
            return value.get();
        } catch (RuntimeException e) {
            throw wrong(field);
        }
    }

    private static IllegalArgumentException wrong(String field) {
        return new IllegalArgumentException("its first line has no valid \"" + field + "\"");
    }
}
