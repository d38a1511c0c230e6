package dev.sluice.jdbc.source;

import dev.sluice.jdbc.dialect.Column;
import dev.sluice.jdbc.dialect.Dialect;
import dev.sluice.jdbc.dialect.SourceException;
import dev.sluice.jdbc.dialect.Table;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Notices that columns which are read are not what they were when the table was opened. */
final class SchemaWatch {
    private final Dialect dialect;
    private final TablePlan plan;
    private final TableLayout layout;

    SchemaWatch(Dialect dialect, TablePlan plan, TableLayout layout) {
        this.dialect = dialect;
        this.plan = plan;
        this.layout = layout;
    }

    /**
     * Looks at the columns, in the transaction that has read the table: what it has read, nobody can alter before it
     * ends. Columns that came are no matter, the next pass sends them.
     *
     * @throws SchemaChangedException if a column that is read is gone or has another type
     * @throws SourceException if the table is gone
     */
    void check(Connection connection) throws SQLException {
        Table now = SourceTable.find(connection, dialect, plan);
        List<String> changes = new ArrayList<>();
        for (Column before : layout.used()) {
            now.column(before.name())
                    .ifPresentOrElse(
                            column -> compare(before, column, changes), () -> changes.add(before.name() + " is gone"));
        }
        if (!changes.isEmpty()) {
            throw new SchemaChangedException("the columns of " + layout.table().name() + " changed while it was read: "
                    + String.join(", ", changes) + "; what was settled stays settled, sync again to go on from there");
        }
    }

    private static void compare(Column before, Column now, List<String> changes) {
        boolean same = before.type().equals(now.type())
                && before.kind().equals(now.kind())
                && before.isArray() == now.isArray()
                && before.modifier() == now.modifier();
        if (!same) {
            changes.add(before.name() + " was " + before.type() + " and is " + now.type());
        }
    }
}
