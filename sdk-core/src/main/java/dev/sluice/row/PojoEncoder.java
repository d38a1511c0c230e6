package dev.sluice.row;

import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes records, POJOs and whatever else only Jackson knows. */
final class PojoEncoder {
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .addModules(new JavaTimeModule(), new LikeMaps())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS, SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            .build();

    private static final ObjectWriter WRITER = MAPPER.writer();

    private PojoEncoder() {}

    /** Writes a row. */
    static void row(@Nullable Object value, JsonWriter out) {
        RowGenerator kept = out.takeGenerator();
        RowGenerator generator = kept == null ? new RowGenerator(MAPPER, out, 0) : kept.again();
        write(value, generator);
        // Only now: one that a failure left somewhere in the middle is not used again.
        out.keepGenerator(generator);
        if (!generator.wroteObject()) {
            throw InvalidRowException.at("", "must be one JSON object, found " + type(value));
        }
    }

    /** Writes a value that stands in an object or array of the given depth. */
    static void value(Object value, JsonWriter out, int depth) {
        write(value, new RowGenerator(MAPPER, out, depth));
    }

    private static void write(@Nullable Object value, RowGenerator out) {
        try {
            WRITER.writeValue(out, value);
        } catch (JsonMappingException e) {
            // Jackson wraps what the generator refuses, which has its path already.
            throw e.getCause() instanceof InvalidRowException refused
                    ? refused
                    : InvalidRowException.at(path(e.getPath()), problem(value, e));
        } catch (IOException e) {
            throw InvalidRowException.at("", problem(value, e));
        }
        if (!out.isWhole()) {
            throw InvalidRowException.at("", "a " + type(value) + " is not written as exactly one JSON value");
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
    private static String problem(@Nullable Object value, IOException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        return "a " + type(value) + " cannot be written as JSON ("
                + cause.getClass().getSimpleName() + "); write it as a map, a record or a String";
    }

    private static String type(@Nullable Object value) {
        return value == null ? "null" : value.getClass().getName();
    }
}
