package dev.sluice.jdbc.source;

import dev.sluice.jdbc.checkpoint.Cursor;
import dev.sluice.jdbc.checkpoint.PendingRange.Phase;
import dev.sluice.jdbc.dialect.Column;
import dev.sluice.jdbc.dialect.Dialect;
import dev.sluice.jdbc.dialect.Query;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The SQL of one table's pages: pure text, made from a table's layout. */
final class PageSql {
    private final Dialect dialect;
    private final TableLayout layout;
    private final String select;
    private final String from;

    PageSql(Dialect dialect, TableLayout layout) {
        this.dialect = dialect;
        this.layout = layout;
        // The alias keeps the order's columns from meaning the select list's texts, whose order is another one.
        this.from = " FROM " + layout.table().sql() + " AS t";
        this.select = "SELECT " + String.join(", ", layout.selected()) + from;
    }

    /**
     * The rows of a slice in its order.
     *
     * @param limit how many of them; 0 for all
     */
    Query page(Slice slice, int limit) {
        Query.Builder query = new Query.Builder().sql(select);
        Order order = order(slice.phase());
        where(query, slice, order);
        query.sql(" ORDER BY " + order.tuple());
        return (limit == 0 ? query : query.sql(" " + dialect.limit(limit))).build();
    }

    /** The rows of the keys given, in their order. */
    Query byKeys(List<List<String>> keys) {
        Query.Builder query = new Query.Builder().sql(select + " WHERE ");
        anyOf(query, keys);
        return query.sql(" ORDER BY " + layout.keyOrder().tuple()).build();
    }

    /** The keys of a stretch of the table, as values and then as texts. */
    Query keys(@Nullable Cursor behind, @Nullable Cursor to, int limit) {
        Query.Builder query = new Query.Builder().sql(selectKeys());
        where(query, new Slice(Phase.LOAD, behind, to, null), layout.keyOrder());
        return query.sql(" ORDER BY " + layout.keyOrder().tuple() + " " + dialect.limit(limit))
                .build();
    }

    /** The keys among those given that have a row, as values and then as texts. */
    Query keysOf(List<List<String>> keys) {
        Query.Builder query = new Query.Builder().sql(selectKeys() + " WHERE ");
        anyOf(query, keys);
        return query.build();
    }

    /** Counts to 1 if there is a row. */
    Query any() {
        return Query.of("SELECT count(*) FROM (SELECT 1 AS one" + from + " " + dialect.limit(1) + ") AS counted");
    }

    private String selectKeys() {
        List<String> expressions = new ArrayList<>();
        layout.key().forEach(column -> expressions.add(dialect.value(layout.ref(column), column)));
        layout.key().forEach(column -> expressions.add(dialect.text(layout.ref(column), column)));
        return "SELECT " + String.join(", ", expressions) + from;
    }

    private void anyOf(Query.Builder query, List<List<String>> keys) {
        for (int i = 0; i < keys.size(); i++) {
            query.sql(i == 0 ? "(" : " OR (");
            layout.keyOrder().at(query, new Cursor(null, keys.get(i)));
            query.sql(")");
        }
    }

    /** Counts the rows at or above a watermark, up to a limit. */
    Query countFrom(String watermark, int limit) {
        return count(">=", watermark, limit);
    }

    /** Counts the rows above a watermark, up to a limit. */
    Query countAbove(String watermark, int limit) {
        return count(">", watermark, limit);
    }

    /** Counts the rows at a place. */
    Query countAt(Phase phase, Cursor place) {
        Query.Builder query = new Query.Builder().sql("SELECT count(*)" + from + " WHERE ");
        order(phase).at(query, place);
        return query.build();
    }

    /** Whether one watermark is above another: 1 or 0. */
    Query isAbove(String one, String other) {
        Column watermark = layout.watermark();
        return new Query.Builder()
                .sql("SELECT CASE WHEN ")
                .value(one, watermark, dialect)
                .sql(" > ")
                .value(other, watermark, dialect)
                .sql(" THEN 1 ELSE 0 END")
                .build();
    }

    /** Counts NULLs in the columns given, one count for each. */
    Query nulls(List<Column> columns) {
        String counts = columns.stream()
                .map(column -> "sum(CASE WHEN " + layout.ref(column) + " IS NULL THEN 1 ELSE 0 END)")
                .collect(Collectors.joining(", "));
        String any =
                columns.stream().map(column -> layout.ref(column) + " IS NULL").collect(Collectors.joining(" OR "));
        return Query.of("SELECT " + counts + from + " WHERE " + any);
    }

    private void where(Query.Builder query, Slice slice, Order order) {
        query.sql(" WHERE 1 = 1");
        if (slice.bound() != null) {
            query.sql(" AND " + layout.watermarkSql() + " < ").value(slice.bound(), layout.watermark(), dialect);
        }
        if (slice.from() != null) {
            order.behind(query.sql(" AND "), slice.from());
        }
        if (slice.to() != null) {
            order.upTo(query.sql(" AND "), slice.to());
        }
    }

    private Order order(Phase phase) {
        return phase == Phase.LOAD ? layout.keyOrder() : layout.order();
    }

    private Query count(String operator, String watermark, int limit) {
        return new Query.Builder()
                .sql("SELECT count(*) FROM (SELECT 1 AS one" + from + " WHERE " + layout.watermarkSql() + " " + operator
                        + " ")
                .value(watermark, layout.watermark(), dialect)
                .sql(" " + dialect.limit(limit) + ") AS counted")
                .build();
    }
}
