package dev.sluice.lake;

import java.util.EnumSet;
import java.util.Set;

/** The kinds of values that one request brings for one column. */
final class ColumnShape {
    private final String name;
    private final EnumSet<ColumnType> types = EnumSet.noneOf(ColumnType.class);
    private boolean beyondDouble;

    ColumnShape(String name) {
        this.name = name;
    }

    void add(Object value) {
        types.add(ColumnType.of(value));
        beyondDouble |= Values.isBeyondDouble(value);
    }

    String name() {
        return name;
    }

    /** Empty when the request brings only nulls. */
    Set<ColumnType> types() {
        return types;
    }

    boolean beyondDouble() {
        return beyondDouble;
    }

    ColumnType narrowest() {
        return Widening.narrowest(types, beyondDouble);
    }

    /** The narrowest type for these values together with those a column has already. */
    ColumnType narrowestWith(ColumnType present, boolean presentBeyondDouble) {
        EnumSet<ColumnType> all = EnumSet.copyOf(types);
        all.add(present);
        return Widening.narrowest(all, beyondDouble || presentBeyondDouble);
    }
}
