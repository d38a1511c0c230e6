package dev.sluice.jdbc.dialect;

import java.util.List;
import java.util.Optional;

/**
 * A table or view as the database describes it.
 *
 * @param sql its full name, quoted, ready to stand in SQL
 * @param name its full name as a person writes it: quoted only where it must be
 * @param columns its columns, in their order
 * @param estimatedRows how many rows the database believes it has; 0 or -1 if it has no idea
 */
public record Table(String sql, String name, List<Column> columns, long estimatedRows) {
    public Table {
        columns = List.copyOf(columns);
    }

    /** The column of that name, as stored. */
    public Optional<Column> column(String name) {
        return columns.stream().filter(column -> column.name().equals(name)).findFirst();
    }
}
