package dev.sluice.testkit;

import com.fasterxml.jackson.core.type.TypeReference;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One row: the text it came as, and what it says. */
record Row(String json, Map<String, Object> values) {
    private static final TypeReference<Map<String, Object>> FIELDS = new TypeReference<>() {};

    static Row parse(byte[] json) throws IOException {
        Map<String, Object> values = Json.MAPPER.readValue(json, FIELDS);
        return new Row(new String(json, StandardCharsets.UTF_8), Collections.unmodifiableMap(values));
    }

    /** The value by which a merge finds the row, 1 and 1.0 being the same; null if there is none. */
    @Nullable
    Object key(String column) {
        Object value = values.get(column);
        if (value instanceof Number number) {
            return new BigDecimal(number.toString()).stripTrailingZeros();
        }
        return value;
    }

    boolean canBeKey(String column) {
        Object value = values.get(column);
        return value != null && !(value instanceof Map) && !(value instanceof List);
    }
}
