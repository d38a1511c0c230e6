package dev.sluice.jdbc;

import dev.sluice.jdbc.dialect.Dialect;
import dev.sluice.jdbc.source.TablePlan;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Writes the SQL of a view that shows each row as it is now, out of a table that has every state it ever had.
 *
 * <p>The newest state of each key is found first, and then dropped if it is a delete: the other way round a deleted row
 * would come back as it was before. The order is that of {@code _cdc_seq}; times of arrival or of {@code _cdc_ts} are
 * none, for a batch may arrive twice and two rows may have the same time. Rows from before stamps were asked for are
 * older than all others.
 */
public final class CurrentStateView {
    private CurrentStateView() {}

    /**
     * The SQL, in DuckDB's dialect, of a view over the plan's destination.
     *
     * @param view the view's name, {@code schema.name}
     * @param dialect the source's, for how its column names are written
     * @throws IllegalArgumentException if the plan stamps no rows: without stamps there is no order
     */
    public static String sql(TablePlan plan, String view, Dialect dialect) {
        if (!plan.isCdc()) {
            throw new IllegalArgumentException("the current state of " + plan.destination()
                    + " needs rows stamped by cdc: set cdc to true for table " + plan.source());
        }
        String key = plan.key().stream()
                .map(column -> plan.nameOf(column, dialect))
                .map(CurrentStateView::quote)
                .collect(Collectors.joining(", "));
        return """
                CREATE OR REPLACE VIEW %s AS
                SELECT * FROM (
                    SELECT * FROM %s
                    QUALIFY row_number() OVER (PARTITION BY %s ORDER BY "_cdc_seq" DESC NULLS LAST) = 1
                ) WHERE "_cdc_op" IS DISTINCT FROM 'd';
                """.formatted(name(view), name(plan.destination()), key);
    }

    private static String name(String dotted) {
        return List.of(dotted.split("\\.", -1)).stream()
                .map(CurrentStateView::quote)
                .collect(Collectors.joining("."));
    }

    private static String quote(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }
}
