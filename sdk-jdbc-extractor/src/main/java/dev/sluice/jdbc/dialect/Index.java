package dev.sluice.jdbc.dialect;

import java.util.List;

/**
 * An index over all rows of a table, in an order.
 *
 * @param isUnique whether no two rows have the same values in its columns
 * @param columns its columns as stored, in their order; an empty name for an expression
 */
public record Index(boolean isUnique, List<String> columns) {
    public Index {
        columns = List.copyOf(columns);
    }

    /** Whether rows are found by the column alone. */
    public boolean beginsWith(String column) {
        return !columns.isEmpty() && columns.get(0).equals(column);
    }
}
