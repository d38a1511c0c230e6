package dev.sluice.jdbc.source;

import java.util.List;

/** What becomes of rows whose watermark is NULL. They are looked for in the whole table in every pass. */
public final class NullWatermark {
    /** The table's pass fails and says how many there are; the default. */
    public static final NullWatermark FAIL = new NullWatermark(false, List.of());

    /** They are never sent, and each pass counts them in a finding. */
    public static final NullWatermark SKIP = new NullWatermark(true, List.of());

    private final boolean skips;
    private final List<String> columns;

    private NullWatermark(boolean skips, List<String> columns) {
        this.skips = skips;
        this.columns = List.copyOf(columns);
    }

    /**
     * Another column's value takes its place: of the columns given, the first that is not NULL. A row with NULL in all
     * of them fails the table's pass. An index is only used if it is one on the same {@code COALESCE}.
     *
     * @param columns of the watermark's own type, written as in SQL
     */
    public static NullWatermark coalesce(String... columns) {
        if (columns.length == 0) {
            throw new IllegalArgumentException("coalesce needs at least one column to take the watermark's place");
        }
        return new NullWatermark(false, List.of(columns));
    }

    boolean skips() {
        return skips;
    }

    List<String> columns() {
        return columns;
    }
}
