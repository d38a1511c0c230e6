package dev.sluice.jdbc.dialect;

import dev.sluice.row.JsonWriter;

/** Turns an hstore's text, such as {@code "a"=>"1", "b"=>NULL}, into a JSON object (manual, "hstore"). */
final class PostgresHstore implements ValueWriter {
    private static final String ARROW = "=>";
    private static final String NULL = "NULL";
    private static final String COMMA = ", ";

    @Override
    public void write(String text, JsonWriter out) {
        StringBuilder part = new StringBuilder();
        out.beginObject();
        int at = 0;
        while (at < text.length()) {
            at = PostgresArray.quoted(text, at + 1, part) + ARROW.length();
            out.name(part.toString());
            if (text.startsWith(NULL, at)) {
                out.nullValue();
                at += NULL.length();
            } else {
                at = PostgresArray.quoted(text, at + 1, part);
                out.string(part.toString());
            }
            at += COMMA.length();
        }
        out.endObject();
    }
}
