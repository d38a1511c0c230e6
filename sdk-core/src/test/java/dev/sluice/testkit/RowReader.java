package dev.sluice.testkit;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the rows of one request and holds them against the limits. */
final class RowReader {
    private final byte[] json;
    private final JsonParser parser;
    private final List<Row> rows = new ArrayList<>();
    private String fault = "";

    private RowReader(byte[] json, JsonParser parser) {
        this.json = json;
        this.parser = parser;
    }

    /** Reads one object, or an array of objects. */
    static List<Row> read(byte[] data) throws IOException {
        try (JsonParser parser = Json.parser(data)) {
            RowReader reader = new RowReader(data, parser);
            if (parser.nextToken() == JsonToken.START_ARRAY) {
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    reader.row();
                }
            } else {
                reader.row();
            }
            return reader.finish();
        }
    }

    /** Every row of a merge has a key, and no two the same. */
    static void checkKeys(List<Row> rows, String column) {
        Map<@Nullable Object, Integer> first = new HashMap<>();
        for (int row = 0; row < rows.size(); row++) {
            if (!rows.get(row).canBeKey(column)) {
                throw Refusal.ofRows(
                        rows.size(), "row " + row + " has no plain value in \"" + column + "\", the primary key");
            }
            Integer other = first.putIfAbsent(rows.get(row).key(column), row);
            if (other != null) {
                throw Refusal.ofRows(
                        rows.size(), "row " + row + " has the same primary key as row " + other + ": send one a key");
            }
        }
    }

    private List<Row> finish() {
        if (rows.size() > Rules.ROWS) {
            throw new Refusal(413, "the request has " + rows.size() + " rows; it may have " + Rules.ROWS);
        }
        if (!fault.isEmpty()) {
            throw Refusal.ofRows(rows.size(), fault);
        }
        return List.copyOf(rows);
    }

    private void row() throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw new Refusal(400, "data must be an object or an array of objects");
        }
        int start = start();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            field(parser.currentName());
        }
        rows.add(Row.parse(Arrays.copyOfRange(json, start, end())));
    }

    private void field(String name) throws IOException {
        parser.nextToken();
        int start = start();
        int depth = 1 + nesting();
        parser.finishToken();
        int bytes = end() - start;
        if (depth > Rules.DEPTH) {
            fault(name, "is nested " + depth + " deep; a row may be " + Rules.DEPTH + " deep");
        }
        if (bytes > Rules.FIELD_BYTES) {
            fault(name, "has " + bytes + " bytes; a field may have " + Rules.FIELD_BYTES);
        }
    }

    /** Walks over a value and tells how many objects and arrays stand inside each other in it. */
    private int nesting() throws IOException {
        int depth = 0;
        int deepest = 0;
        JsonToken token = parser.currentToken();
        do {
            if (token.isStructStart()) {
                deepest = Math.max(deepest, ++depth);
            } else if (token.isStructEnd()) {
                depth--;
            }
            token = depth > 0 ? parser.nextToken() : token;
        } while (depth > 0);
        return deepest;
    }

    private void fault(String field, String what) {
        if (fault.isEmpty()) {
            fault = "row " + rows.size() + ", field \"" + field + "\": " + what;
        }
    }

    private int start() {
        return (int) parser.currentTokenLocation().getByteOffset();
    }

    private int end() {
        return (int) parser.currentLocation().getByteOffset();
    }
}
