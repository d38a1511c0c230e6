package dev.sluice.transport;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads what the Stream API answered. Status 200 proves nothing: only a JSON object that counts the rows written does,
 * and what cannot be read for certain is {@link Reply.Unreadable}.
 */
final class ApiAnswer {
    private static final int MESSAGE_CHARS = 300;
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            // A second value behind the first means that this is not the answer we know.
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final ApiKey key;

    /** Reads the answer to a request that carried {@code key}, which the server may repeat in its own words. */
    ApiAnswer(ApiKey key) {
        this.key = key;
    }

    /**
     * The reply that follows from an answer with status 200.
     *
     * @param rows how many rows were sent
     */
    Reply ok(String contentType, String body, int rows) {
        JsonNode json = parse(body);
        if (json == null) {
            return unreadable("HTTP 200 with " + describe(contentType, body) + " instead of the API's JSON");
        }
        return counted(json, rows);
    }

    /** The reply that follows from any other status. */
    Reply refused(int status, String contentType, String body, @Nullable Duration retryAfter, boolean keyMayChange) {
        JsonNode json = parse(body);
        String message = refusal(json, contentType);
        String requestId = text(json, "request_id");
        return status == 401 || status == 403
                ? new Reply.Unauthorized(status, message, keyMayChange, requestId)
                : new Reply.Refused(status, message, retryAfter, requestId);
    }

    private Reply counted(JsonNode json, int rows) {
        JsonNode success = json.path("success");
        int written = count(json, "successful_rows");
        int rejected = Math.max(0, count(json, "rejected_rows"));
        if (!success.isBoolean() || written < 0) {
            return unreadable("HTTP 200 with JSON that lacks success or successful_rows");
        }
        boolean nothing = written == 0 && (rejected > 0 || !success.booleanValue());
        boolean something = written > 0 && written <= rows && (success.booleanValue() || written < rows);
        if ((!nothing && !something) || written + (long) rejected > rows) {
            return unreadable("HTTP 200 with counts that cannot be right: success " + success + ", " + written
                    + " written and " + rejected + " rejected of " + rows + " rows");
        }
        return new Reply.Counted(written, rejected, text(json, "request_id"), text(json, "snapshot_id"), remarks(json));
    }

    private static Reply unreadable(String message) {
        return new Reply.Unreadable(message, 200);
    }

    private static @Nullable JsonNode parse(String body) {
        try {
            JsonNode json = MAPPER.readTree(body);
            return json != null && json.isObject() ? json : null;
        } catch (JsonProcessingException e) {
            return null;
        }
    }

    /** A count that is missing or no whole number is -1. */
    private static int count(JsonNode json, String field) {
        JsonNode value = json.path(field);
        return value.isIntegralNumber() && value.canConvertToInt() ? value.intValue() : -1;
    }

    private @Nullable String text(@Nullable JsonNode json, String field) {
        JsonNode value = json == null ? null : json.get(field);
        return value == null || value.isNull() || value.isContainerNode() ? null : shorten(value.asText());
    }

    private List<String> remarks(JsonNode json) {
        List<String> remarks = new ArrayList<>();
        json.path("warnings").forEach(warning -> remarks.add(shorten(warning.asText())));
        json.path("errors").forEach(error -> remarks.add(shorten(error.asText())));
        return remarks;
    }

    /** The bodies of errors are not documented: these are the fields that one might expect. */
    private String refusal(@Nullable JsonNode json, String contentType) {
        if (json == null) {
            return contentType.isEmpty() ? "" : "an answer of type " + shorten(contentType);
        }
        List<String> errors = remarks(json);
        if (!errors.isEmpty()) {
            return String.join("; ", errors.subList(0, Math.min(3, errors.size())));
        }
        for (String field : List.of("error", "message", "detail")) {
            String words = text(json, field);
            if (words != null) {
                return words;
            }
        }
        return "";
    }

    private String describe(String contentType, String body) {
        return body.isBlank() ? "an empty body" : contentType.isEmpty() ? "a body of no type" : shorten(contentType);
    }

    private String shorten(String words) {
        String text = key.hideIn(words);
        return text.length() <= MESSAGE_CHARS ? text : text.substring(0, MESSAGE_CHARS) + "...";
    }
}
