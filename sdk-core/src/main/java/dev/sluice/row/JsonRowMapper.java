package dev.sluice.row;

import org.jspecify.annotations.Nullable;

/** Has rows encoded by others and checks what they made. */
record JsonRowMapper(RowMapper.JsonEncoder encoder) implements RowMapper {
    @Override
    public Row map(Object value) {
        return value instanceof Row row ? row : Row.json(encode(value));
    }

    private byte[] encode(Object value) {
        byte[] json;
        try {
            json = encoder.encode(value);
        } catch (InvalidRowException e) {
            throw e;
        } catch (Exception e) {
            throw refused(value, e.getClass().getName());
        }
        if (json == null) {
            throw refused(value, "the encoder gave null");
        }
        return json;
    }

    /** Without the cause: its message may quote the value, and causes are logged. */
    private static InvalidRowException refused(@Nullable Object value, String reason) {
        String type = value == null ? "null" : value.getClass().getName();
        return InvalidRowException.at("", "a " + type + " cannot be written as JSON (" + reason + ")");
    }
}
