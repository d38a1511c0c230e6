package dev.sluice.jdbc.source;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which columns of a table are sent, under which names and masks; column names as written in the plan.
 *
 * @param included those alone, if there are any
 * @param excluded those not
 * @param names the lake's name of a column, where it has another one
 * @param masks what is sent in place of a column's values
 */
record ColumnChoice(List<String> included, List<String> excluded, Map<String, String> names, Map<String, Mask> masks) {
    static final ColumnChoice ALL = new ColumnChoice(List.of(), List.of(), Map.of(), Map.of());

    ColumnChoice including(String... columns) {
        return new ColumnChoice(joined(included, columns), excluded, names, masks);
    }

    ColumnChoice excluding(String... columns) {
        return new ColumnChoice(included, joined(excluded, columns), names, masks);
    }

    ColumnChoice renaming(String column, String name) {
        if (name.isBlank()) {
            throw new IllegalArgumentException("column " + column + " cannot be renamed to nothing");
        }
        return new ColumnChoice(included, excluded, joined(names, column, name), masks);
    }

    ColumnChoice masking(String column, Mask mask) {
        return new ColumnChoice(included, excluded, names, joined(masks, column, mask));
    }

    private static List<String> joined(List<String> before, String... more) {
        List<String> all = new ArrayList<>(before);
        all.addAll(List.of(more));
        return List.copyOf(all);
    }

    private static <V> Map<String, V> joined(Map<String, V> before, String column, V value) {
        Map<String, V> all = new LinkedHashMap<>(before);
        all.put(column, value);
        return all;
    }
}
