package dev.sluice.jdbc.source;

import dev.sluice.jdbc.dialect.Dialect;
import dev.sluice.jdbc.dialect.TypePolicy;
import dev.sluice.row.Destination;
import dev.sluice.row.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * Says in a batch's tags what its columns are in the database, so that a receiver can cast them:
 * {@code {"price":"numeric(10,2) as string"}}.
 */
final class ColumnDescription {
    /** The tag that it travels under. */
    static final String TAG = "columns";

    private ColumnDescription() {}

    /** The description; empty if it is longer than tags may be. It is whole or not there. */
    static Optional<String> of(List<Field> fields, Dialect dialect, TypePolicy types) {
        JsonWriter json = new JsonWriter(512).beginObject();
        for (Field field : fields) {
            json.name(field.name()).string(words(field, dialect, types));
        }
        json.endObject();
        String text = new String(json.copy(0, json.size()), StandardCharsets.UTF_8);
        return Optional.of(text).filter(whole -> TAG.length() + whole.length() <= Destination.MAX_TAG_CHARS);
    }

    private static String words(Field field, Dialect dialect, TypePolicy types) {
        if (field.isMasked()) {
            return "masked as string";
        }
        String encoding = dialect.encoding(field.column(), types);
        return field.column().type() + (encoding.isEmpty() ? "" : " as " + encoding);
    }
}
