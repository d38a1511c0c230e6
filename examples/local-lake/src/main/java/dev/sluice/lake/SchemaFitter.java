package dev.sluice.lake;

import dev.sluice.lake.TableColumns.Column;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Adds and widens the columns of a table until a request's rows fit in unchanged. */
final class SchemaFitter {
    private final TableName table;
    private final TableColumns columns;
    private final Rows rows;
    private final List<String> warnings;

    SchemaFitter(TableName table, TableColumns columns, Rows rows, List<String> warnings) {
        this.table = table;
        this.columns = columns;
        this.rows = rows;
        this.warnings = warnings;
    }

    void fit() throws SQLException {
        requireDistinctNames();
        List<ColumnShape> fresh = rows.columns().stream()
                .filter(shape -> columns.find(shape.name()).isEmpty())
                .toList();
        requireRoom(fresh.size());
        for (ColumnShape shape : rows.columns()) {
            Column present = columns.find(shape.name()).orElse(null);
            if (present != null) {
                widen(present, shape);
            }
        }
        columns.add(fresh.stream().map(this::newColumn).toList());
    }

    /** DuckDB would put "Name" and "name" into the same column, one over the other. */
    private void requireDistinctNames() {
        Map<String, String> seen = new HashMap<>();
        for (ColumnShape shape : rows.columns()) {
            String other = seen.put(TableName.fold(shape.name()), shape.name());
            if (other != null) {
                throw clash(shape.name(), "field", other);
            }
        }
    }

    private void requireRoom(int more) {
        if (columns.size() + more > Limits.COLUMNS) {
            throw refusal("the table " + table + " has " + columns.size() + " columns and would get " + more
                    + " more; this server holds " + Limits.COLUMNS + ": put rarely used fields into one object");
        }
    }

    private Column newColumn(ColumnShape shape) {
        ColumnType type = shape.narrowest();
        boolean onlyText = shape.types().stream().allMatch(ColumnType.VARCHAR::equals);
        warnWhenText(type, shape.name(), onlyText);
        return Column.of(shape.name(), type);
    }

    private void widen(Column present, ColumnShape shape) throws SQLException {
        if (!present.name().equals(shape.name())) {
            throw clash(shape.name(), "column", present.name());
        }
        ColumnType type = present.type();
        if (type == null) {
            throw refusal("column \"" + present.name() + "\" of " + table + " has the type " + present.duckDbType()
                    + ", which this server does not write: leave the field out, or change the column");
        }
        ColumnType wanted = wanted(type, shape);
        if (wanted != type) {
            columns.retype(present.name(), wanted);
            warnWhenText(wanted, shape.name(), false);
        }
    }

    private ColumnType wanted(ColumnType present, ColumnShape shape) throws SQLException {
        if (shape.types().isEmpty()
                || (shape.types().size() == 1 && shape.types().contains(present))) {
            return present;
        }
        if (!columns.hasValues(shape.name())) {
            return shape.narrowest();
        }
        boolean beyond = present.isInteger() && columns.hasIntegersBeyondDouble(shape.name());
        return shape.narrowestWith(present, beyond);
    }

    private void warnWhenText(ColumnType type, String name, boolean expected) {
        if (type == ColumnType.VARCHAR && !expected) {
            warnings.add("column \"" + name + "\" of " + table
                    + " is VARCHAR now: no narrower type holds all its values unchanged");
        }
    }

    private Refusal clash(String field, String kind, String other) {
        return refusal("field \"" + field + "\" differs only by case from " + kind + " \"" + other
                + "\", and a DuckDB table cannot have both: rename one");
    }

    private Refusal refusal(String message) {
        return Refusal.ofRows(rows.size(), message);
    }
}
