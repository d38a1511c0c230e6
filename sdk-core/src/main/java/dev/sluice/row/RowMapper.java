package dev.sluice.row;

/**
 * Turns what an application has into a {@link Row}.
 *
 * <p>Called by several threads at once. What it throws fails the push before anything was sent.
 */
@FunctionalInterface
public interface RowMapper {
    /**
     * One row.
     *
     * @throws InvalidRowException if the value cannot be a row
     */
    Row map(Object value);

    /**
     * Adds one row to what {@code out} has, behind a comma where one is due: the bytes of {@link #map}, without a
     * {@link Row} in between where the mapper can do so.
     *
     * @throws InvalidRowException if the value cannot be a row; whatever is thrown, {@code out} is as it was before
     */
    default void write(Object value, JsonWriter out) {
        map(value).writeTo(out);
    }

    /**
     * The mapper for {@link Row}s, maps with string keys, records and POJOs.
     *
     * <p>Numbers keep every digit, {@code BigDecimal} included; times of {@code java.time} become ISO-8601 text,
     * {@code byte[]} base64, enums their names, {@code Optional} its content or null. Records and POJOs, and values of
     * other types within maps, are written as Jackson writes them, its annotations respected. NaN, infinities, keys
     * that are not strings and nesting beyond {@link Row#MAX_DEPTH} levels (so also cycles) are
     * {@link InvalidRowException}s that name the field.
     */
    static RowMapper standard() {
        return StandardRowMapper.INSTANCE;
    }

    /**
     * The mapper for rows that another library or a configured one makes JSON of:
     * {@code RowMapper.json(objectMapper::writeValueAsBytes)}. {@link Row}s pass as they are.
     *
     * <p>What the encoder gives is checked as {@link Row#json(byte[])} checks it. What it throws becomes an
     * {@link InvalidRowException} that names types only and has no cause, for the messages of JSON libraries quote values.
     */
    static RowMapper json(JsonEncoder encoder) {
        return new JsonRowMapper(encoder);
    }

    /** Any way to make JSON of a value, such as a method of a library's mapper. */
    @FunctionalInterface
    interface JsonEncoder {
        /**
         * The value as one JSON object in UTF-8. Called by several threads at once.
         *
         * @throws Exception if it cannot be written; its message is shown to nobody
         */
        byte[] encode(Object value) throws Exception;
    }
}
