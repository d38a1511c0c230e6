package dev.sluice.jdbc.source;

import dev.sluice.jdbc.checkpoint.Cursor;
import dev.sluice.jdbc.checkpoint.PendingRange.Phase;
import dev.sluice.jdbc.dialect.Column;
import dev.sluice.jdbc.dialect.Dialect;
import dev.sluice.jdbc.dialect.Query;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
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
        Order order = layout.order(slice.phase());
        where(query, slice, order);
        query.sql(" ORDER BY " + order.tuple());
        return (limit == 0 ? query : query.sql(" " + dialect.limit(limit))).build();
    }

    /**
     * The key of the last of so many rows behind a place, in the order of the keys; no row if there are none.
     *
     * @param from null for the table's beginning
     */
    Query keyBehind(@Nullable Cursor from, int rows) {
        List<Order.Term> key = layout.keyOrder().terms();
        Query.Builder query = new Query.Builder()
                .sql("SELECT " + each(key, term -> dialect.text(term.sql(), term.column())) + " FROM (SELECT "
                        + layout.keyOrder().tuple() + this.from);
        if (from != null) {
            layout.keyOrder().behind(query.sql(" WHERE "), from, false);
        }
        // The columns within have the same names as those outside, the last of which is the first backwards.
        return query.sql(" ORDER BY " + layout.keyOrder().tuple() + " " + dialect.limit(rows) + ") AS t ORDER BY "
                        + each(key, term -> term.sql() + " DESC") + " " + dialect.limit(1))
                .build();
    }

    private static String each(List<Order.Term> terms, Function<Order.Term, String> sql) {
        return terms.stream().map(sql).collect(Collectors.joining(", "));
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

    /**
     * Counts the rows that a bound keeps from being read, up to a limit.
     *
     * @param bound null if it keeps all
     * @param future those above are not counted; null for no such watermark
     */
    Query countHeld(@Nullable String bound, @Nullable String future, int limit) {
        String watermark = layout.watermarkSql();
        Query.Builder query = new Query.Builder()
                .sql("SELECT count(*) FROM (SELECT 1 AS one" + from + " WHERE " + watermark + " IS NOT NULL");
        if (bound != null) {
            query.sql(" AND " + watermark + (layout.isTimed() ? " >= " : " > "))
                    .value(bound, layout.watermark(), dialect);
        }
        if (future != null) {
            query.sql(" AND " + watermark + " <= ").value(future, layout.watermark(), dialect);
        }
        return query.sql(" " + dialect.limit(limit) + ") AS counted").build();
    }

    /** The highest watermark's text; no row if there is none. */
    Query highest() {
        String watermark = layout.watermarkSql();
        // Not max(), which some types that have an order do not have.
        return Query.of("SELECT " + dialect.text(watermark, layout.watermark()) + from + " WHERE " + watermark
                + " IS NOT NULL ORDER BY " + watermark + " DESC " + dialect.limit(1));
    }

    /** Counts the rows of a slice, up to a limit. */
    Query count(Slice slice, int limit) {
        Query.Builder query = new Query.Builder().sql("SELECT count(*) FROM (SELECT 1 AS one" + from);
        where(query, slice, layout.order(slice.phase()));
        return query.sql(" " + dialect.limit(limit) + ") AS counted").build();
    }

    /** How many rows there are at that one of the places at which there are most; NULL if there is no row at any. */
    Query mostAt(Phase phase, List<Cursor> places) {
        Order order = layout.order(phase);
        Query.Builder query = new Query.Builder().sql("SELECT max(n) FROM (SELECT count(*) AS n" + from + " WHERE ");
        for (int i = 0; i < places.size(); i++) {
            order.at(query.sql(i == 0 ? "(" : " OR ("), places.get(i));
            query.sql(")");
        }
        return query.sql(" GROUP BY " + order.tuple() + ") AS counted").build();
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

    /** The text of the highest watermark below another one; no row if there is none. */
    Query below(String watermark) {
        String sql = layout.watermarkSql();
        return new Query.Builder()
                .sql("SELECT " + dialect.text(sql, layout.watermark()) + from + " WHERE " + sql + " < ")
                .value(watermark, layout.watermark(), dialect)
                .sql(" ORDER BY " + sql + " DESC " + dialect.limit(1))
                .build();
    }

    /** A text taken to the watermark's type and back, and whether that came to NULL: 1 or 0. */
    Query watermark(String written) {
        Column watermark = layout.watermark();
        String mark = "\0";
        String[] text = dialect.text(dialect.cast(mark, watermark), watermark).split(mark, 2);
        String[] cast = dialect.cast(mark, watermark).split(mark, 2);
        return new Query.Builder()
                .sql("SELECT " + text[0])
                .value(written)
                .sql(text[1] + ", CASE WHEN " + cast[0])
                .value(written)
                .sql(cast[1] + " IS NULL THEN 1 ELSE 0 END")
                .build();
    }

    /** Counts NULLs in the expressions given, one count for each. */
    Query nulls(List<String> expressions) {
        String counts = expressions.stream()
                .map(one -> "sum(CASE WHEN " + one + " IS NULL THEN 1 ELSE 0 END)")
                .collect(Collectors.joining(", "));
        String any = expressions.stream().map(one -> one + " IS NULL").collect(Collectors.joining(" OR "));
        return Query.of("SELECT " + counts + from + " WHERE " + any);
    }

    private void where(Query.Builder query, Slice slice, Order order) {
        query.sql(" WHERE 1 = 1");
        String below = layout.isTimed() ? " < " : " <= ";
        if (slice.bound() != null) {
            query.sql(" AND " + layout.watermarkSql() + below).value(slice.bound(), layout.watermark(), dialect);
        }
        if (slice.from() != null) {
            order.behind(query.sql(" AND "), slice.from(), slice.phase() == Phase.FUTURE || !layout.isTimed());
        }
        if (slice.to() != null) {
            order.upTo(query.sql(" AND "), slice.to(), !layout.isTimed());
        }
    }
}
