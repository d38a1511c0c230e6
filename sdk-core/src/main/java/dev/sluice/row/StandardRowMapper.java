package dev.sluice.row;

import java.util.Map;

/** Chooses the encoder for a value: as it is, field by field, or through Jackson. */
final class StandardRowMapper implements RowMapper {
    static final StandardRowMapper INSTANCE = new StandardRowMapper();

    private static final int FIRST_GUESS = 512;

    private StandardRowMapper() {}

    @Override
    public Row map(Object value) {
        if (value instanceof Row row) {
            return row;
        }
        JsonWriter out = new JsonWriter(FIRST_GUESS);
        encode(value, out);
        return Row.trusted(out.copy(0, out.size()));
    }

    @Override
    public void write(Object value, JsonWriter out) {
        int before = out.size();
        try {
            encode(value, out);
        } catch (Throwable e) {
            out.truncate(before);
            throw e;
        }
    }

    private static void encode(Object value, JsonWriter out) {
        if (value instanceof Row row) {
            row.writeTo(out);
        } else if (value instanceof Map<?, ?> map) {
            new ValueEncoder(out).row(map);
        } else {
            PojoEncoder.row(value, out);
        }
    }
}
