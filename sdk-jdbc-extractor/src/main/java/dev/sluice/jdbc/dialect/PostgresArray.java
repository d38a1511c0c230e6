package dev.sluice.jdbc.dialect;

import dev.sluice.row.JsonWriter;

/** Turns an array's text, such as {@code {{1,NULL},{"a b","\""}}}, into nested JSON arrays (manual, "Arrays"). */
final class PostgresArray implements ValueWriter {
    private final ValueWriter elements;
    private final char delimiter;

    PostgresArray(ValueWriter elements, char delimiter) {
        this.elements = elements;
        this.delimiter = delimiter;
    }

    @Override
    public void write(String text, JsonWriter out) {
        // Bounds other than the usual stand in front, as in [0:1]={a,b}: JSON has no place for them.
        int at = text.indexOf('{');
        StringBuilder element = new StringBuilder();
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '{') {
                out.beginArray();
                at++;
            } else if (c == '}') {
                out.endArray();
                at++;
            } else if (c == delimiter) {
                at++;
            } else if (c == '"') {
                at = quoted(text, at + 1, element);
                elements.write(element.toString(), out);
            } else {
                at = plain(text, at, out);
            }
        }
    }

    /** Reads up to the closing quote, past what backslashes protect; the result is the place behind it. */
    static int quoted(String text, int start, StringBuilder element) {
        element.setLength(0);
        int at = start;
        while (text.charAt(at) != '"') {
            if (text.charAt(at) == '\\') {
                at++;
            }
            element.append(text.charAt(at));
            at++;
        }
        return at + 1;
    }

    /** Only without quotes does NULL mean null. */
    private int plain(String text, int start, JsonWriter out) {
        int end = start;
        while (text.charAt(end) != delimiter && text.charAt(end) != '}') {
            end++;
        }
        String element = text.substring(start, end);
        if (element.equals("NULL")) {
            out.nullValue();
        } else {
            elements.write(element, out);
        }
        return end;
    }
}
