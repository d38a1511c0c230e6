package dev.sluice.jdbc.checkpoint;

import java.util.List;

/**
 * A place in a table: the watermark and key of the last row that is behind it.
 *
 * <p>The values are the database's own text at full precision. Only the database compares them: their order here means
 * nothing.
 *
 * @param watermark the watermark column's value
 * @param key the key columns' values, in the order of the plan
 */
public record Cursor(String watermark, List<String> key) {
    public Cursor {
        key = List.copyOf(key);
    }
}
