package dev.sluice.row;

/** The name of a field as {@link JsonWriter} writes it, encoded once for all rows. Immutable. */
public final class FieldName {
    private final byte[] json;

    private FieldName(byte[] json) {
        this.json = json;
    }

    /** Encodes a name; half of a surrogate pair in it is an {@link IllegalArgumentException}. */
    public static FieldName of(String name) {
        JsonWriter out = new JsonWriter(name.length() + 3).name(name);
        return new FieldName(out.copy(0, out.size()));
    }

    /** In quotes, with the colon. */
    byte[] json() {
        return json;
    }
}
