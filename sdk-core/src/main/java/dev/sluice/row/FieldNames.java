package dev.sluice.row;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The names that an object which is being written has so far, to find the one that comes twice. */
final class FieldNames {
    /** Up to here, to look at each costs less than to hash them. */
    private static final int FEW = 16;

    private final @Nullable FieldNames outer;
    private final String[] few = new String[FEW];
    private int count;
    private @Nullable Set<String> many;

    FieldNames(@Nullable FieldNames outer) {
        this.outer = outer;
    }

    /** The names of the object around this one. */
    @Nullable
    FieldNames outer() {
        return outer;
    }

    /** Forgets them. */
    void clear() {
        count = 0;
        many = null;
    }

    /** Whether the name is new. */
    boolean add(String name) {
        if (count == FEW) {
            return addToMany(name);
        }
        for (int i = 0; i < count; i++) {
            if (few[i].equals(name)) {
                return false;
            }
        }
        few[count++] = name;
        return true;
    }

    private boolean addToMany(String name) {
        if (many == null) {
            many = new HashSet<>(Arrays.asList(few));
        }
        return many.add(name);
    }
}
