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

    static ValueWriter writer(Column column) {
        ValueWriter value = scalar(column.kind());
        return column.isArray() ? new PostgresArray(value, delimiter(column.kind())) : value;
    }

    private static ValueWriter scalar(String kind) {
        return switch (kind) {
            case "int2", "int4", "int8", "oid" -> (text, out) -> out.token(text);
            case "float4", "float8" -> PostgresTypes::floating;
            case "bool" -> (text, out) -> out.bool(text.startsWith("t"));
            case "bytea" -> PostgresTypes::bytes;
            case "date" -> (text, out) -> out.string(year(text));
            case "timestamp" -> (text, out) -> out.string(timestamp(text));
            case "timestamptz" -> PostgresTypes::instant;
            default -> (text, out) -> out.string(text);
        };
    }

    /** What a scalar's writer does, backwards, as far as the database would not understand the JSON's own text. */
    static String text(String json, String kind) {
        return switch (kind) {
            case "bytea" -> "\\x" + HexFormat.of().formatHex(Base64.getDecoder().decode(json));
            case "date", "timestamp", "timestamptz" -> yearOfEra(json);
            default -> json;
        };
    }

    /** JSON has no number for what is not finite. */
    private static void floating(String text, JsonWriter out) {
        char last = text.charAt(text.length() - 1);
        if (last == 'N' || last == 'y') {
            out.string(text);
        } else {
            out.token(text);
        }
    }

    /** {@code \x} and hexadecimal digits, as {@code bytea_output} was set. */
    private static void bytes(String text, JsonWriter out) {
        out.base64(HexFormat.of().parseHex(text, 2, text.length()));
    }

    private static void instant(String text, JsonWriter out) {
        String plain = text.replace("+00", "");
        out.string(isInfinite(plain) ? plain : timestamp(plain) + "Z");
    }

    private static String timestamp(String text) {
        return isInfinite(text) ? text : year(text).replace(' ', 'T');
    }

    private static boolean isInfinite(String text) {
        return text.endsWith("infinity");
    }

    /** Year 44 BC is -43 in ISO 8601, which has a year 0; readers that do not know "BC" would take it for 44 AD. */
    private static String year(String text) {
        if (!text.endsWith(" BC")) {
            return text;
        }
        int end = text.indexOf('-');
        int year = 1 - Integer.parseInt(text.substring(0, end));
        String sign = year < 0 ? "-" : "";
        String digits = Integer.toString(Math.abs(year));
        return sign + "0".repeat(Math.max(0, 4 - digits.length())) + digits + text.substring(end, text.length() - 3);
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
