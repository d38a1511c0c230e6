package dev.sluice.row;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A row and what happened to it. Immutable.
 *
 * @param rowId tells the row from the others of its table, the same for as long as the row lives
 * @param change what happened
 * @param row the row as it is after the change; for a delete or a preimage, as it was before
 */
public record ChangedRow(long rowId, ChangeType change, Row row) {
    /** What a status for this row goes by: {@code "rowid:change_type"}, such as {@code "17:update_postimage"}. */
    public String key() {
        return rowId + ":" + change.text();
    }

    /**
     * All fields in their order, read anew by each call. Texts are {@code String}s, whole numbers {@code Integer},
     * {@code Long} or {@code BigInteger}, others {@code BigDecimal} with every digit, objects {@code Map}s and arrays
     * {@code List}s.
     */
    public Map<String, Object> fields() {
        return RowReader.fields(row);
    }

    /** As {@link #fields()}, without those whose names begin with {@code _}, which are internal by convention. */
    public Map<String, Object> payload() {
        Map<String, Object> payload = new LinkedHashMap<>(fields());
        payload.keySet().removeIf(name -> name.startsWith("_"));
        return payload;
    }

    /** The key alone: a row's values are never shown by accident. */
    @Override
    public String toString() {
        return "ChangedRow(" + key() + ")";
    }
}
