package dev.sluice.jdbc.source;

import dev.sluice.jdbc.dialect.Column;
import dev.sluice.jdbc.dialect.Dialect;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The SQL of one table's pages: pure text, made from a table's layout. */
final class PageSql {
    private final Dialect dialect;
    private final TableLayout layout;
    private final String select;
    private final String order;

    PageSql(Dialect dialect, TableLayout layout) {
        this.dialect = dialect;
        this.layout = layout;
        this.select = "SELECT " + selectList() + " FROM " + layout.table().sql() + " AS t WHERE ";
        // The alias keeps these from meaning the select list's texts, whose order is another one.
        this.order = " ORDER BY " + tuple();
    }

    /** Rows below the bound from the beginning. Placeholders: bound, limit. */
    String firstPage() {
        return select + belowBound() + order + " LIMIT ?";
    }

    /** Rows below the bound behind a cursor. Placeholders: bound, cursor, limit. */
    String nextPage() {
        return select + belowBound() + " AND " + compare(">") + order + " LIMIT ?";
    }

    /** Rows up to and including a place. Placeholders: cursor. */
    String rangeFromStart() {
        return select + compare("<=") + order;
    }

    /** Rows behind one place, up to and including another. Placeholders: both cursors. */
    String range() {
        return select + compare("<=") + " AND " + compare(">") + order;
    }

    /** The rows of so many keys. Placeholders: the keys. */
    String byKeys(int keys) {
        String tuple = layout.key().stream().map(this::ref).collect(Collectors.joining(", "));
        String values = layout.key().stream().map(dialect::cast).collect(Collectors.joining(", "));
        return select + "(" + tuple + ") IN (" + String.join(", ", Collections.nCopies(keys, "(" + values + ")"))
                + ") ORDER BY " + tuple;
    }

    /** Counts the rows at or above the bound, up to a limit. Placeholders: bound, limit. */
    String heldBack() {
        return count(">=");
    }

    /** Counts the rows above the present time, up to a limit. Placeholders: time, limit. */
    String inFuture() {
        return count(">");
    }

    private String count(String operator) {
        Column watermark = layout.watermark();
        return "SELECT count(*) FROM (SELECT 1 FROM " + layout.table().sql() + " AS t WHERE " + ref(watermark) + " "
                + operator + " "
                + dialect.cast(watermark) + " LIMIT ?) AS held";
    }

    /** Counts the rows at a place. Placeholders: cursor. */
    String rowsAt() {
        return "SELECT count(*) FROM " + layout.table().sql() + " AS t WHERE " + compare("=");
    }

    /** Whether one watermark is above another. Placeholders: both. */
    String isAbove() {
        String value = dialect.cast(layout.watermark());
        return "SELECT CASE WHEN " + value + " > " + value + " THEN 1 ELSE 0 END";
    }

    /** Counts NULLs in the columns given, one count for each. */
    String nulls(List<Column> columns) {
        String counts = columns.stream()
                .map(column -> "sum(CASE WHEN " + ref(column) + " IS NULL THEN 1 ELSE 0 END)")
                .collect(Collectors.joining(", "));
        String any = columns.stream().map(column -> ref(column) + " IS NULL").collect(Collectors.joining(" OR "));
        return "SELECT " + counts + " FROM " + layout.table().sql() + " AS t WHERE " + any;
    }

    private String selectList() {
        List<String> expressions = new ArrayList<>();
        layout.selected().forEach(column -> expressions.add(dialect.text(ref(column), column)));
        layout.softDelete()
                .ifPresent(column ->
                        expressions.add("CASE WHEN " + dialect.isDeleted(ref(column), column) + " THEN 1 ELSE 0 END"));
        return String.join(", ", expressions);
    }

    private String belowBound() {
        return ref(layout.watermark()) + " < " + dialect.cast(layout.watermark());
    }

    /** PostgreSQL plans row values over an index; see "Row Constructor Comparison" in its manual. */
    private String compare(String operator) {
        String values = position().map(dialect::cast).collect(Collectors.joining(", "));
        return "(" + tuple() + ") " + operator + " (" + values + ")";
    }

    private String tuple() {
        return position().map(this::ref).collect(Collectors.joining(", "));
    }

    private Stream<Column> position() {
        return Stream.concat(Stream.of(layout.watermark()), layout.key().stream());
    }

    private String ref(Column column) {
        return "t." + dialect.quote(column.name());
    }
}
