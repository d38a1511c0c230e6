package dev.sluice.jdbc.source;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Changes a row on its way, or leaves it out.
 *
 * <p>To be a pure function: equal rows give equal results, today and after a restart. Batch ids follow from what it
 * gives, so a clock or a random number in it makes rows that are sent again pass for new ones. Called by one thread at a
 * time for each page, by several at once where several pages are read.
 */
@FunctionalInterface
public interface RowTransform {
    /**
     * The row to be sent, encoded as {@link dev.sluice.row.RowMapper#standard()} does; empty to leave it out, which is
     * counted, and final: a row that is left out is not read again before it changes.
     *
     * <p>What it throws stops the table; the error names the exception's type and place, not its message.
     *
     * @param row the row by its names in the lake, masked already, without stamps: strings, booleans, nulls, numbers
     *     (Integer, Long, BigInteger, BigDecimal), lists and maps. It may be changed and returned. The key columns keep
     *     their values, and names of stamps stay free
     */
    Optional<Map<String, @Nullable Object>> apply(Map<String, @Nullable Object> row);
}
