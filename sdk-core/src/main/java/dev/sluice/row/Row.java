package dev.sluice.row;

import java.util.Optional;

/**
 * One row as JSON bytes: a single object in UTF-8, checked against the API's limits for a row when it was made.
 *
 * <p>Immutable; changing the object it was made from changes nothing here.
 */
public final class Row {
    /** The most bytes of JSON that one field may have: {@value}, the API's "1 MB". */
    public static final int MAX_FIELD_BYTES = 1_000_000;

    /** How deep objects and arrays may nest, the row itself being the first level: {@value}. */
    public static final int MAX_DEPTH = 10;

    private final byte[] json;

    private Row(byte[] json) {
        this.json = json;
    }

    /**
     * A row that is JSON already.
     *
     * @throws InvalidRowException if it is not exactly one well-formed object, names a field twice, holds what UTF-8
     *     cannot (half of a surrogate pair, be it written as an escape), or breaks a limit
     */
    public static Row json(String json) {
        return checked(Utf8.bytes(json));
    }

    /** As {@link #json(String)}, from UTF-8 bytes, which are copied. */
    public static Row json(byte[] utf8) {
        Utf8.check(utf8);
        return checked(utf8.clone());
    }

    /** Bytes of our own making that keep the limits already. */
    static Row trusted(byte[] json) {
        return new Row(json);
    }

    private static Row checked(byte[] json) {
        JsonScan.check(json);
        return new Row(json);
    }

    /** The length of the JSON in bytes. */
    public int size() {
        return json.length;
    }

    /** A copy of the JSON. */
    public byte[] toBytes() {
        return json.clone();
    }

    /** Adds the row to what {@code out} has, behind a comma where one is due. */
    public void writeTo(JsonWriter out) {
        out.raw(json);
    }

    /**
     * The value of a field in a form in which equal keys are equal texts: strings by their characters, numbers by
     * their value, so that 1 and 1.0 are one key and "1" is another.
     *
     * @return empty if the row has no such field or it is null
     * @throws InvalidRowException if the value is an object or an array
     */
    public Optional<String> key(String field) {
        return KeyScan.key(json, 0, json.length, field);
    }

    /**
     * As {@link #key(String)}, of the row that was just written to {@code out}, without a copy of it.
     *
     * @param from the size that {@code out} had before
     * @throws IllegalArgumentException if nothing was written since
     */
    public static Optional<String> key(JsonWriter out, int from, String field) {
        return out.key(from, field);
    }

    /** The length alone: a row's values are never shown by accident. */
    @Override
    public String toString() {
        return "Row(" + json.length + " bytes)";
    }
}
