package dev.sluice.jdbc.source;

import dev.sluice.jdbc.dialect.Column;
import dev.sluice.jdbc.dialect.Dialect;
import dev.sluice.jdbc.dialect.SourceException;
import dev.sluice.jdbc.dialect.Table;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What a plan reads, as it is in the database now: a table, a view or a query, less the rows that a filter leaves out. */
final class SourceTable {
    private SourceTable() {}

    /** @throws SourceException if there is no such table, or the query cannot be read like one */
    static Table find(Connection connection, Dialect dialect, TablePlan plan) throws SQLException {
        String query = plan.query().orElse(null);
        Table whole = query == null ? named(connection, dialect, plan) : asked(connection, dialect, plan, query);
        String filter = plan.filter().orElse(null);
        // Within the FROM, so that no statement can forget it; databases merge such a sub-select into the statement.
        return filter == null
                ? whole
                : new Table(
                        "(SELECT * FROM " + whole.sql() + (query == null ? "" : " AS q") + " WHERE (" + filter + "\n))",
                        whole.name(),
                        whole.columns(),
                        whole.estimatedRows());
    }

    private static Table named(Connection connection, Dialect dialect, TablePlan plan) throws SQLException {
        return dialect.describe(connection, plan.source())
                .orElseThrow(() -> new SourceException("there is no table or view " + plan.source()
                        + " in the database, or this user may not see it; names are written as in SQL:"
                        + " schema.table, quoted where they have capitals (materialized views and foreign tables"
                        + " cannot be read safely)"));
    }

    /** The line break ends a comment that the query may end in. */
    private static Table asked(Connection connection, Dialect dialect, TablePlan plan, String query)
            throws SQLException {
        List<Column> columns = dialect.describeQuery(connection, query);
        Set<String> names = new HashSet<>();
        for (Column column : columns) {
            if (!names.add(column.name())) {
                throw new SourceException("the query " + plan.source() + " has several columns named " + column.name()
                        + ": give each a name of its own by AS");
            }
        }
        return new Table("(" + query + "\n)", plan.source(), columns, -1);
    }
}
