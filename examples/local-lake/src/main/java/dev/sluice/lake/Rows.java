package dev.sluice.lake;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The rows of one request, by row number and column number. */
final class Rows {
    private final Map<String, Integer> numbers = new HashMap<>();
    private final List<ColumnShape> columns = new ArrayList<>();
    private final List<@Nullable Object[]> rows = new ArrayList<>();
    private @Nullable Object[] current = new @Nullable Object[0];
    private boolean[] given = new boolean[0];

    void begin() {
        current = new @Nullable Object[columns.size()];
        given = new boolean[columns.size()];
        rows.add(current);
    }

    /** Returns false when the current row has that field already. */
    boolean put(String name, @Nullable Object value) {
        int column = number(name);
        if (column >= current.length) {
            grow();
        }
        if (given[column]) {
            return false;
        }
        given[column] = true;
        current[column] = value;
        if (value != null) {
            columns.get(column).add(value);
        }
        return true;
    }

    private void grow() {
        int size = Math.max(columns.size(), current.length * 2);
        current = Arrays.copyOf(current, size);
        given = Arrays.copyOf(given, size);
        rows.set(rows.size() - 1, current);
    }

    private int number(String name) {
        return numbers.computeIfAbsent(name, absent -> {
            columns.add(new ColumnShape(absent));
            return columns.size() - 1;
        });
    }

    int size() {
        return rows.size();
    }

    List<ColumnShape> columns() {
        return columns;
    }

    /** The column of that name, or -1. */
    int indexOf(String name) {
        return numbers.getOrDefault(name, -1);
    }

    @Nullable
    Object value(int row, int column) {
        @Nullable Object[] values = rows.get(row);
        return column >= 0 && column < values.length ? values[column] : null;
    }
}
