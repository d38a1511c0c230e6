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
        if (value instanceof Map<?, ?> map) {
            JsonWriter out = new JsonWriter(FIRST_GUESS);
            new ValueEncoder(out).row(map);
            return Row.trusted(out.copy(0, out.size()));
        }
        byte[] json = PojoEncoder.encode(value);
        JsonScan.check(json);
        return Row.trusted(json);
    }
}
