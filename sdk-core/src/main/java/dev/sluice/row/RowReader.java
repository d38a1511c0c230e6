package dev.sluice.row;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads a row's JSON into a map, with every digit. */
final class RowReader {
    private static final TypeReference<LinkedHashMap<String, Object>> FIELDS = new TypeReference<>() {};

    /** A row was checked when it was made: what it holds may be read, however long a name or a number is. */
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNameLength(Integer.MAX_VALUE)
                            .maxNumberLength(Integer.MAX_VALUE)
                            .maxStringLength(Integer.MAX_VALUE)
                            .build())
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private RowReader() {}

    static Map<String, Object> fields(Row row) {
        try {
            return JSON.readValue(row.toBytes(), FIELDS);
        } catch (IOException e) {
            // Without the cause: its message quotes the row.
            throw new IllegalStateException("a row of " + row.size() + " bytes is no JSON object");
        }
    }
}
