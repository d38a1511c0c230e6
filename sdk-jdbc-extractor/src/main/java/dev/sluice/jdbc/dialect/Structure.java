package dev.sluice.jdbc.dialect;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the catalogue says of a table beside its columns, as far as this user may know.
 *
 * @param isView whether it has no rows of its own
 * @param indexes its indexes
 * @param hasTriggers whether a trigger runs when its rows change
 * @param stamped the columns that have a default or are set by the database
 * @param caches how many values a session takes at a time from the sequence behind a column, by column
 */
public record Structure(
        boolean isView, List<Index> indexes, boolean hasTriggers, Set<String> stamped, Map<String, Long> caches) {
    public Structure {
        indexes = List.copyOf(indexes);
        stamped = Set.copyOf(stamped);
        caches = Map.copyOf(caches);
    }
}
