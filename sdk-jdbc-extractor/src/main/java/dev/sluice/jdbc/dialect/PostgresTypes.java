package dev.sluice.jdbc.dialect;

import dev.sluice.row.JsonWriter;
import java.util.Base64;
import java.util.HexFormat;

/**
 * The JSON of each PostgreSQL type, from the text that its output function writes (manual, chapter "Data Types").
 *
 * <p>Decided by column, never by value. Decimals are strings, for a reader may take JSON numbers for doubles; times
 * without a zone get none; what has no rule is its text.
 */
final class PostgresTypes {
    private PostgresTypes() {}

    private static final ValueWriter.OfBytes STRING = (utf8, from, to, out) -> out.utf8(utf8, from, to);

    /** Texts that are JSON already. */
    private static final ValueWriter.OfBytes JSON = (utf8, from, to, out) -> out.raw(utf8, from, to);

    /**
     * The writer of a column's values.
     *
     * @param losses counts those that the policy changes
     */
    static ValueWriter writer(Column column, TypePolicy policy, Losses losses) {
        int dimensions = column.kind().indexOf('[');
        String kind = dimensions < 0 ? column.kind() : column.kind().substring(0, dimensions);
        ValueWriter writer = scalar(column, kind, policy, losses);
        // Only domains make arrays of arrays: the dimensions of a plain one are all in its text.
        int arrays = (column.kind().length() - kind.length()) / "[]".length() + (column.isArray() ? 1 : 0);
        for (int i = 0; i < arrays; i++) {
            writer = new PostgresArray(writer, delimiter(kind));
        }
        return writer;
    }

    private static ValueWriter scalar(Column column, String kind, TypePolicy policy, Losses losses) {
        return switch (kind) {
            case "int2", "int4", "int8", "oid", "vector", "halfvec" -> JSON;
            case "float4", "float8" -> (ValueWriter.OfBytes) PostgresTypes::floating;
            case "bool" -> (ValueWriter.OfBytes) (utf8, from, to, out) -> out.bool(utf8[from] == 't');
            // One byte, which before PostgreSQL 16 may be half of a character.
            case "char" -> (text, out) -> out.string(text);
            case "bytea" -> PostgresTypes::bytes;
            case "hstore" -> new PostgresHstore();
            case "json", "jsonb" -> policy.documents() == TypePolicy.Documents.EMBEDDED ? JSON : STRING;
            case "date", "timestamp", "timestamptz" -> new PostgresTime(column, kind, policy.infiniteTimes(), losses);
            default -> STRING;
        };
    }

    /** What {@link #writer} writes, in words. */
    static String encoding(Column column, TypePolicy policy) {
        String scalar = switch (column.kind()) {
            case "int2", "int4", "int8", "oid" -> "number";
            case "float4", "float8" -> "number or string";
            case "bool" -> "boolean";
            case "bytea" -> "base64";
            case "hstore" -> "object";
            case "vector", "halfvec" -> "array of number";
            case "json", "jsonb" -> policy.documents() == TypePolicy.Documents.EMBEDDED ? "json" : "string";
            default -> "string";
        };
        return column.isArray() ? "array of " + scalar : scalar;
    }

    /** What a scalar's writer does, backwards, as far as the database would not understand the JSON's own text. */
    static String text(String json, String kind) {
        return switch (kind) {
            case "bytea" -> "\\x" + HexFormat.of().formatHex(Base64.getDecoder().decode(json));
            case "date", "timestamp", "timestamptz" -> yearOfEra(json);
            default -> json;
        };
    }

    /** JSON has no number for what is not finite, NaN and Infinity. */
    private static void floating(byte[] utf8, int from, int to, JsonWriter out) {
        byte last = utf8[to - 1];
        (last == 'N' || last == 'y' ? STRING : JSON).write(utf8, from, to, out);
    }

    /** {@code \x} and hexadecimal digits, as {@code bytea_output} was set. */
    private static void bytes(String text, JsonWriter out) {
        out.base64(HexFormat.of().parseHex(text, 2, text.length()));
    }

    private static boolean isInfinite(String text) {
        return text.endsWith("infinity");
    }

    /** PostgreSQL knows no year 0 and no negative ones. */
    private static String yearOfEra(String iso) {
        int end = iso.indexOf('-', 1);
        if (end < 0 || isInfinite(iso)) {
            return iso;
        }
        int year = Integer.parseInt(iso.substring(0, end));
        return year > 0 ? iso : "%04d".formatted(1 - year) + iso.substring(end) + " BC";
    }

    /** Every type's array separates its elements by commas, but one. */
    private static char delimiter(String element) {
        return element.equals("box") ? ';' : ',';
    }
}
