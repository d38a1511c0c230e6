package dev.sluice.jdbc.source;

import dev.sluice.jdbc.dialect.Column;
import org.jspecify.annotations.Nullable;

/**
 * A column as it is sent.
 *
 * @param name its name in the lake
 * @param mask what is sent in its values' place; null for the values
 */
record Field(Column column, String name, @Nullable Mask mask) {
    boolean isMasked() {
        return mask != null;
    }
}
