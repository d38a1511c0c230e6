package dev.sluice.jdbc.source;

import dev.sluice.jdbc.checkpoint.Cursor;
import dev.sluice.jdbc.dialect.Column;
import dev.sluice.jdbc.dialect.Dialect;
import dev.sluice.jdbc.dialect.Query;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** An order of a table's rows, and the predicates that cut it at a place. */
final class Order {
    /** One of the values that rows are ordered by: an expression, and the column whose type it has. */
    record Term(String sql, Column column) {}

    private final Dialect dialect;
    private final List<Term> terms;
    private final boolean isByKey;

    private Order(Dialect dialect, List<Term> terms, boolean isByKey) {
        this.dialect = dialect;
        this.terms = List.copyOf(terms);
        this.isByKey = isByKey;
    }

    /** By the key alone. */
    static Order byKey(Dialect dialect, List<Term> key) {
        return new Order(dialect, key, true);
    }

    /** By the watermark, and by the key among rows of the same watermark. */
    static Order byWatermark(Dialect dialect, Term watermark, List<Term> key) {
        List<Term> terms = new ArrayList<>(key);
        terms.add(0, watermark);
        return new Order(dialect, terms, false);
    }

    List<Term> terms() {
        return terms;
    }

    /** The expressions, one behind the other. */
    String tuple() {
        return terms.stream().map(Term::sql).collect(Collectors.joining(", "));
    }

    /** The place of a row, from the texts of its terms. */
    Cursor place(List<String> texts) {
        return isByKey ? new Cursor(null, texts) : new Cursor(texts.get(0), texts.subList(1, texts.size()));
    }

    /**
     * Rows behind a place.
     *
     * @param without whether rows of its watermark are too, if the watermark is all it says; else it is before them
     */
    void behind(Query.Builder query, Cursor place, boolean without) {
        compare(query, isWhole(place) || without ? ">" : ">=", place);
    }

    /**
     * Rows up to a place, that of its row included.
     *
     * @param without as for {@link #behind}
     */
    void upTo(Query.Builder query, Cursor place, boolean without) {
        compare(query, isWhole(place) || without ? "<=" : "<", place);
    }

    /** The rows at a place. */
    void at(Query.Builder query, Cursor place) {
        List<String> values = place.values();
        for (int i = 0; i < values.size(); i++) {
            query.sql(i == 0 ? "" : " AND ");
            single(query, i, "=", values);
        }
    }

    private boolean isWhole(Cursor place) {
        return place.values().size() == terms.size();
    }

    private void compare(Query.Builder query, String operator, Cursor place) {
        List<String> values = place.values();
        if (values.size() > 1 && dialect.comparesRows()) {
            rowValues(query, operator, values);
        } else {
            spelt(query, operator, values, 0);
        }
    }

    private void rowValues(Query.Builder query, String operator, List<String> values) {
        String some = terms.subList(0, values.size()).stream().map(Term::sql).collect(Collectors.joining(", "));
        query.sql("(" + some + ") " + operator + " (");
        for (int i = 0; i < values.size(); i++) {
            query.sql(i == 0 ? "" : ", ").value(values.get(i), terms.get(i).column(), dialect);
        }
        query.sql(")");
    }

    /** {@code a >= x AND (a > x OR (b ...))}: its first part is what an index is entered by. */
    private void spelt(Query.Builder query, String operator, List<String> values, int at) {
        if (at == values.size() - 1) {
            single(query, at, operator, values);
            return;
        }
        String strict = operator.substring(0, 1);
        query.sql("(");
        single(query, at, strict + "=", values);
        query.sql(" AND (");
        single(query, at, strict, values);
        query.sql(" OR ");
        spelt(query, operator, values, at + 1);
        query.sql("))");
    }

    private void single(Query.Builder query, int at, String operator, List<String> values) {
        Term term = terms.get(at);
        query.sql(term.sql() + " " + operator + " ").value(values.get(at), term.column(), dialect);
    }
}
