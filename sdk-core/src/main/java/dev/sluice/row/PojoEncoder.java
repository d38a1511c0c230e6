package dev.sluice.row;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.util.List;

/** Writes records, POJOs and whatever else only Jackson knows; the result is yet to be checked. */
final class PojoEncoder {
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .addModules(new JavaTimeModule(), new LikeMaps())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS, SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            // NaN must not turn into a harmless looking string: bare, it is found by the check that follows.
            .disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS)
            // Four bytes for an emoji, as JsonWriter has it, instead of twelve.
            .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
            .build();

    private PojoEncoder() {}

    static byte[] encode(Object value) {
        try {
            return MAPPER.writeValueAsBytes(value);
        } catch (JsonMappingException e) {
            throw InvalidRowException.at(path(e.getPath()), problem(value, e));
        } catch (JsonProcessingException e) {
            throw InvalidRowException.at("", problem(value, e));
        }
    }

    private static String path(List<JsonMappingException.Reference> references) {
        StringBuilder path = new StringBuilder();
        for (JsonMappingException.Reference step : references.subList(0, Math.min(Row.MAX_DEPTH, references.size()))) {
            if (step.getFieldName() == null) {
                path.append('[').append(step.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(step.getFieldName());
            }
        }
        return path.toString();
    }

    /** Jackson's own sentence may quote a value, so only the types are told. */
    private static String problem(Object value, JsonProcessingException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        return "a " + value.getClass().getName() + " cannot be written as JSON ("
                + cause.getClass().getSimpleName() + "); write it as a map, a record or a String";
    }
}
