package dev.sluice.jdbc.checkpoint;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A place in a table: the watermark and key of the last row that is behind it.
 *
 * <p>The values are the database's own text at full precision. Only the database compares them: their order here means
 * nothing.
 *
 * @param watermark the watermark column's value; null where rows are read in the order of their keys
 * @param key the key columns' values, in the order of the plan; none for the place before every key of that watermark
 */
public record Cursor(@Nullable String watermark, List<String> key) {
    public Cursor {
        key = List.copyOf(key);
    }

    /** The values in the order in which they count. */
    public List<String> values() {
        List<String> values = new ArrayList<>(key);
        if (watermark != null) {
            values.add(0, watermark);
        }
        return values;
    }
}
