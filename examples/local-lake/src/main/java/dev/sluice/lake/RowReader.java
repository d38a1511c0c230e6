package dev.sluice.lake;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads the rows of one request and holds them against the limits. */
final class RowReader {
    private final byte[] json;
    private final JsonParser parser;
    private final Rows rows = new Rows();
    private final Faults faults = new Faults();
    private int count;

    private RowReader(byte[] json, JsonParser parser) {
        this.json = json;
        this.parser = parser;
    }

    /** Reads one object, or an array of objects. */
    static Rows readData(byte[] json) throws IOException {
        try (JsonParser parser = Json.parser(json)) {
            RowReader reader = new RowReader(json, parser);
            JsonToken first = parser.nextToken();
            if (first == JsonToken.START_ARRAY) {
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    reader.row();
                }
            } else if (first == JsonToken.START_OBJECT) {
                reader.row();
            } else {
                throw new Refusal(400, "data must be an object or an array of objects");
            }
            return reader.finish();
        }
    }

    /** Reads objects one after the other. */
    static Rows readLines(byte[] ndjson) throws IOException {
        try (JsonParser parser = Json.parser(ndjson)) {
            RowReader reader = new RowReader(ndjson, parser);
            while (parser.nextToken() != null) {
                reader.row();
            }
            return reader.finish();
        }
    }

    private Rows finish() {
        if (count > Limits.ROWS) {
            throw Refusal.ofRows(
                    count,
                    "the request has " + count + " rows; a request may have " + Limits.ROWS + ": send it in parts");
        }
        faults.check(count);
        return rows;
    }

    private void row() throws IOException {
        int index = count++;
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            faults.add("row " + index + " is not an object");
            parser.skipChildren();
        } else if (index >= Limits.ROWS) {
            // Only counted from here on, so that the refusal can say how many there were.
            parser.skipChildren();
        } else {
            fields(index);
        }
    }

    private void fields(int index) throws IOException {
        rows.begin();
        boolean empty = true;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            empty = false;
            field(index, parser.currentName());
        }
        if (empty) {
            faults.add("row " + index + " has no fields");
        }
    }

    private void field(int index, String name) throws IOException {
        if (name.isEmpty() || name.indexOf('\0') >= 0 || Values.hasLoneSurrogate(name)) {
            faults.add("row " + index + " has a field name that no column can have: it is empty, or holds a zero"
                    + " character or half a surrogate pair");
            parser.nextToken();
            parser.skipChildren();
            return;
        }
        parser.nextToken();
        if (!rows.put(name, value(index, name))) {
            throw new Refusal(400, "row " + index + " has the field \"" + name + "\" twice (rows count from 0)");
        }
    }

    private @Nullable Object value(int index, String name) throws IOException {
        long start = parser.currentTokenLocation().getByteOffset();
        Object value = parser.currentToken().isStructStart() ? structure(index, name, start) : scalar(index, name);
        long size = parser.currentLocation().getByteOffset() - start;
        if (size > Limits.FIELD_BYTES) {
            faults.addField(index, name, "takes " + size + " bytes; a field may take " + Limits.FIELD_BYTES);
        }
        return value;
    }

    private @Nullable Object scalar(int index, String name) throws IOException {
        return switch (parser.currentToken()) {
            case VALUE_NULL -> null;
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NUMBER_INT -> Values.integer(parser.getText());
            case VALUE_NUMBER_FLOAT -> Values.fraction(parser.getText());
            default -> string(index, name);
        };
    }

    private String string(int index, String name) throws IOException {
        String text = parser.getText();
        if (Values.hasLoneSurrogate(text)) {
            faults.addField(index, name, "holds half a surrogate pair, which is no text");
        }
        return text;
    }

    /** Keeps the bytes as they came: parsing and printing again would change digits, order and repeated names. */
    private Values.JsonText structure(int index, String name, long start) throws IOException {
        int depth = 2;
        int deepest = depth;
        while (depth > 1) {
            JsonToken token = parser.nextToken();
            if (token.isStructStart()) {
                deepest = Math.max(deepest, ++depth);
            } else if (token.isStructEnd()) {
                depth--;
            }
        }
        if (deepest > Limits.DEPTH) {
            faults.addField(index, name, "is nested " + deepest + " deep; a row may be " + Limits.DEPTH + " deep");
        }
        int end = (int) parser.currentLocation().getByteOffset();
        return new Values.JsonText(new String(json, (int) start, end - (int) start, StandardCharsets.UTF_8));
    }
}
