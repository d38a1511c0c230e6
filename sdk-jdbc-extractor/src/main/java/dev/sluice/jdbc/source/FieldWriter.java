package dev.sluice.jdbc.source;

import dev.sluice.jdbc.dialect.Rows;
import dev.sluice.row.FieldName;
import dev.sluice.row.JsonWriter;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Writes the columns of a row as fields: under their names in the lake, masked, and transformed if that was asked for. */
final class FieldWriter {
    /** A field, and where its value stands among the selected expressions; -1 if it is not read. */
    private record Slot(FieldName name, @Nullable Mask mask, int at) {}

    private final Slot[] slots;
    private final @Nullable RowChange change;

    FieldWriter(TableLayout layout, @Nullable RowChange change) {
        this.change = change;
        this.slots = layout.fields().stream()
                .map(field -> new Slot(FieldName.of(field.name()), field.mask(), layout.at(field)))
                .toArray(Slot[]::new);
    }

    /**
     * Begins a row: its object stays open for more fields.
     *
     * @return false if the row is left out, with nothing written
     */
    boolean begin(Rows rows, JsonWriter out) throws SQLException {
        if (change == null) {
            write(rows, out.beginObject());
            return true;
        }
        JsonWriter whole = new JsonWriter(512);
        write(rows, whole.beginObject());
        return change.begin(whole.endObject(), out);
    }

    private void write(Rows rows, JsonWriter out) throws SQLException {
        for (Slot slot : slots) {
            out.name(slot.name());
            if (slot.mask() == null) {
                rows.write(slot.at(), out);
            } else {
                write(slot.mask().apply(slot.at() < 0 ? null : rows.text(slot.at())), out);
            }
        }
    }

    private static void write(@Nullable String masked, JsonWriter out) {
        if (masked == null) {
            out.nullValue();
        } else {
            out.string(masked);
        }
    }
}
