package dev.sluice.lake;

import java.util.EnumSet;
import java.util.Set;

/** Decides which column type holds given kinds of values without changing any of them. */
final class Widening {
    private static final Set<ColumnType> INTEGERS = EnumSet.of(ColumnType.BIGINT, ColumnType.HUGEINT);
    private static final Set<ColumnType> NUMBERS = EnumSet.of(ColumnType.BIGINT, ColumnType.HUGEINT, ColumnType.DOUBLE);

    private Widening() {}

    /**
     * The narrowest type for all of {@code types}.
     *
     * @param beyondDouble whether an integer among the values lies outside ±2^53
     */
    static ColumnType narrowest(Set<ColumnType> types, boolean beyondDouble) {
        if (types.size() == 1) {
            return types.iterator().next();
        }
        if (types.isEmpty()) {
            return ColumnType.VARCHAR;
        }
        if (INTEGERS.containsAll(types)) {
            return ColumnType.HUGEINT;
        }
        return NUMBERS.containsAll(types) && !beyondDouble ? ColumnType.DOUBLE : ColumnType.VARCHAR;
    }
}
