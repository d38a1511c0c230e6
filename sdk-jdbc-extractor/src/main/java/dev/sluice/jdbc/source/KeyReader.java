package dev.sluice.jdbc.source;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.sluice.batch.Batch;
import dev.sluice.jdbc.dialect.Column;
import dev.sluice.jdbc.dialect.Dialect;
import dev.sluice.jdbc.dialect.SourceException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Takes the keys out of rows that were sent, as the database's own texts. */
final class KeyReader {
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private final TableLayout layout;
    private final Dialect dialect;

    KeyReader(TableLayout layout, Dialect dialect) {
        this.layout = layout;
        this.dialect = dialect;
    }

    /** The key of each row, in the order of the key's columns. */
    List<List<String>> keys(Batch sent) {
        List<List<String>> keys = new ArrayList<>(sent.rows());
        for (int row = 0; row < sent.rows(); row++) {
            keys.add(key(scalars(sent.row(row), row), row));
        }
        return keys;
    }

    /** The texts of a key that is a JSON object. */
    List<String> texts(String object) {
        return key(scalars(object.getBytes(StandardCharsets.UTF_8), 0), 0);
    }

    private List<String> key(Map<String, String> values, int row) {
        List<String> key = new ArrayList<>();
        for (Column column : layout.key()) {
            String value = values.get(layout.keyName(column));
            if (value == null) {
                throw problem(row, "has no value that it can be looked up by in " + column.name());
            }
            key.add(unwritten(value, column, row));
        }
        return key;
    }

    private String unwritten(String value, Column column, int row) {
        try {
            return dialect.unwritten(value, column);
        } catch (IllegalArgumentException e) {
            // Without the cause, which quotes the value.
            throw problem(row, "has in " + column.name() + " what the column's type does not");
        }
    }

    /** The row's values but for NULL, objects and arrays. Numbers keep every digit, for they are taken as they stand. */
    private Map<String, String> scalars(byte[] json, int row) {
        Map<String, String> values = new HashMap<>();
        try (JsonParser parser = JSON.createParser(json)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                if (value.isStructStart()) {
                    parser.skipChildren();
                } else if (value != JsonToken.VALUE_NULL) {
                    values.put(name, parser.getText());
                }
            }
            return values;
        } catch (IOException e) {
            throw problem(row, "is no JSON");
        }
    }

    private SourceException problem(int row, String sentence) {
        return new SourceException(
                "row " + row + " of a letter for " + layout.table().name() + " " + sentence);
    }
}
