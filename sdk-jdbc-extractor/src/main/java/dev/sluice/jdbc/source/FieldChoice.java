package dev.sluice.jdbc.source;

import dev.sluice.jdbc.dialect.Column;
import dev.sluice.jdbc.dialect.Dialect;
import dev.sluice.jdbc.dialect.SourceException;
import dev.sluice.jdbc.dialect.Table;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Finds the columns of a {@link ColumnChoice} in a table. */
final class FieldChoice {
    private final ColumnChoice choice;
    private final Table table;
    private final Dialect dialect;

    FieldChoice(ColumnChoice choice, Table table, Dialect dialect) {
        this.choice = choice;
        this.table = table;
        this.dialect = dialect;
    }

    /**
     * A column of the table.
     *
     * @param role what the plan makes of it
     */
    Column find(String written, String role) {
        return dialect.column(table, written).orElseThrow(() -> {
            String columns = table.columns().stream().map(Column::name).collect(Collectors.joining(", "));
            return problem("has no column " + written + " to be its " + role + "; its columns are: " + columns);
        });
    }

    /**
     * The columns that are sent, in the table's order.
     *
     * @throws SourceException if the table has not all columns that were chosen: a masked or excluded one that has got
     *     another name must not be sent in clear
     */
    List<Field> fields() {
        List<Column> sent = sent();
        Map<Column, String> names = byColumn(choice.names(), "renamed column", sent);
        Map<Column, Mask> masks = byColumn(choice.masks(), "masked column", sent);
        List<Field> fields = new ArrayList<>();
        for (Column column : sent) {
            fields.add(new Field(column, names.getOrDefault(column, column.name()), masks.get(column)));
        }
        refuseTwins(fields);
        return List.copyOf(fields);
    }

    private List<Column> sent() {
        Set<Column> included = all(choice.included(), "included column");
        Set<Column> excluded = all(choice.excluded(), "excluded column");
        return table.columns().stream()
                .filter(column -> included.isEmpty() || included.contains(column))
                .filter(column -> !excluded.contains(column))
                .toList();
    }

    private Set<Column> all(List<String> written, String role) {
        Set<Column> found = new HashSet<>();
        written.forEach(name -> found.add(find(name, role)));
        return found;
    }

    private <V> Map<Column, V> byColumn(Map<String, V> written, String role, List<Column> sent) {
        Map<Column, V> found = new HashMap<>();
        written.forEach((name, value) -> {
            Column column = find(name, role);
            if (!sent.contains(column)) {
                throw problem("has " + column.name() + " as " + role + ", but the column is not sent");
            }
            found.put(column, value);
        });
        return found;
    }

    private void refuseTwins(List<Field> fields) {
        Map<String, String> columns = new LinkedHashMap<>();
        for (Field field : fields) {
            String other = columns.put(field.name(), field.column().name());
            if (other != null) {
                throw problem("would be sent with two columns named " + field.name() + " (" + other + " and "
                        + field.column().name() + "); rename or exclude one of them");
            }
        }
    }

    private SourceException problem(String sentence) {
        return new SourceException(table.name() + " " + sentence);
    }
}
