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
}
