package dev.sluice.lake;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rows as an aligned text table; {@code toString} renders it, each line ending in a newline. */
public final class TextTable {
    private static final int WIDEST = 60;

    private final List<String> columns;
    private final List<? extends List<? extends @Nullable Object>> rows;

    private TextTable(List<String> columns, List<? extends List<? extends @Nullable Object>> rows) {
        this.columns = columns;
        this.rows = rows;
    }

    /** A table of rows that hold one value a column. */
    public static TextTable of(List<String> columns, List<? extends List<? extends @Nullable Object>> rows) {
        return new TextTable(columns, rows);
    }

    /** A table of what {@link LocalLake#query} returns; without a row it has no columns to show either. */
    public static TextTable of(List<Map<String, @Nullable Object>> rows) {
        List<String> columns =
                rows.isEmpty() ? List.of() : List.copyOf(rows.get(0).keySet());
        return new TextTable(
                columns, rows.stream().map(row -> new ArrayList<>(row.values())).toList());
    }

    @Override
    public String toString() {
        StringBuilder out = new StringBuilder();
        if (!columns.isEmpty()) {
            int[] widths = widths();
            line(out, widths, columns);
            rule(out, widths);
            rows.forEach(row -> line(out, widths, row));
        }
        out.append('(')
                .append(rows.size())
                .append(rows.size() == 1 ? " row)" : " rows)")
                .append('\n');
        return out.toString();
    }

    private int[] widths() {
        int[] widths = columns.stream().mapToInt(column -> width(cell(column))).toArray();
        for (List<? extends @Nullable Object> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], width(cell(row.get(i))));
            }
        }
        return widths;
    }

    private static void line(StringBuilder out, int[] widths, List<? extends @Nullable Object> row) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String cell = cell(row.get(i));
            String padding = " ".repeat(widths[i] - width(cell));
            line.append(i == 0 ? "" : " | ").append(row.get(i) instanceof Number ? padding + cell : cell + padding);
        }
        out.append(line.toString().stripTrailing()).append('\n');
    }

    private static void rule(StringBuilder out, int[] widths) {
        for (int i = 0; i < widths.length; i++) {
            out.append(i == 0 ? "" : "-+-").append("-".repeat(widths[i]));
        }
        out.append('\n');
    }

    /** On one line, and short enough to leave room for its neighbours. */
    private static String cell(@Nullable Object value) {
        String text = String.valueOf(value == null ? "NULL" : value)
                .replace("\r", "\\r")
                .replace("\n", "\\n")
                .replace("\t", "\\t")
                .replaceAll("\\p{Cntrl}", "?");
        return width(text) <= WIDEST ? text : text.substring(0, text.offsetByCodePoints(0, WIDEST - 1)) + "…";
    }

    private static int width(String text) {
        return text.codePointCount(0, text.length());
    }
}
