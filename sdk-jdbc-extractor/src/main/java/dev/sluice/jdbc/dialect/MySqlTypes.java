package dev.sluice.jdbc.dialect;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Set;

/**
 * The JSON of each type of MySQL and MariaDB, and the expressions that carry it there (manual, chapter "Data Types").
 *
 * <p>All but binary values leave the server as text that it wrote itself, so that neither the driver's settings nor its
 * protocol have a say in them. Decided by column, never by value. Decimals are strings, for a reader may take JSON
 * numbers for doubles; times without a zone get none; what has no rule is its text.
 */
final class MySqlTypes {
    /**
     * Around what MySQL's protocol sends as the same text by itself: keeps other drivers from knowing the type, and from
     * writing the value in their own way. {@link #bare} takes it off.
     */
    private static final String AS_TEXT_BEGIN = "CAST(/*for JDBC*/";

    private static final String AS_TEXT_END = "/*for JDBC*/ AS CHAR)";

    private static final ValueWriter.OfBytes ASCII = (utf8, from, to, out) -> out.utf8(utf8, from, to);

    /** Texts that are JSON already. */
    private static final ValueWriter.OfBytes JSON = (utf8, from, to, out) -> out.raw(utf8, from, to);

    private static final ValueWriter.OfBytes BASE64 = (bytes, from, to, out) ->
            out.base64(to - from == bytes.length ? bytes : Arrays.copyOfRange(bytes, from, to));

    private static final Set<String> TEXTS =
            Set.of("char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set");
    private static final Set<String> BINARIES =
            Set.of("binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob");
    private static final Set<String> GEOMETRIES = Set.of(
            "geometry",
            "point",
            "linestring",
            "polygon",
            "multipoint",
            "multilinestring",
            "multipolygon",
            "geometrycollection",
            "geomcollection");

    /** Sorting takes the beginnings of texts and blobs alone; the text of a float may be another's too. */
    private static final Set<String> UNORDERED = Set.of(
            "json",
            "vector",
            "float",
            "double",
            "tinytext",
            "text",
            "mediumtext",
            "longtext",
            "tinyblob",
            "blob",
            "mediumblob",
            "longblob");

    private MySqlTypes() {}

    /** A float by itself is written with six digits; as a double it has all. */
    static String value(String ref, Column column) {
        String kind = column.kind();
        if (TEXTS.contains(kind) || BINARIES.contains(kind)) {
            return ref;
        }
        if (GEOMETRIES.contains(kind)) {
            return "concat(CASE WHEN ST_SRID(" + ref + ") = 0 THEN '' ELSE concat('SRID=', ST_SRID(" + ref
                    + "), ';') END, ST_AsText(" + ref + "))";
        }
        return switch (kind) {
            case "float", "double" -> "CAST(" + ref + " * 1e0 AS CHAR)";
            case "bit" -> "CAST(" + ref + " + 0 AS CHAR)";
            // Each server runs what is meant for it and takes the other's for a comment.
            case "vector" -> "/*!90000 VECTOR_TO_STRING(" + ref + ") *//*M! VEC_ToText(" + ref + ") */";
            case "tinyint", "smallint", "mediumint", "int", "bigint", "year", "decimal" -> asText(ref);
            case "date", "datetime", "timestamp", "time", "json" -> asText(ref);
            default -> "CAST(" + ref + " AS CHAR)";
        };
    }

    private static String asText(String ref) {
        return AS_TEXT_BEGIN + ref + AS_TEXT_END;
    }

    /** SQL for those who read the bytes of MySQL's protocol: the server need not make a text twice. */
    static String bare(String sql) {
        return sql.replace(AS_TEXT_BEGIN, "").replace(AS_TEXT_END, "");
    }

    /** A literal that means the same in every mode: a backslash does not. */
    static String literal(String value) {
        return value.chars().allMatch(c -> c >= ' ' && c != '\\')
                ? "'" + value.replace("'", "''") + "'"
                : "_utf8mb4 X'" + HexFormat.of().formatHex(value.getBytes(UTF_8)) + "'";
    }

    /** Enums and sets are sorted by their numbers, and by those they are compared. */
    static String text(String ref, Column column) {
        if (BINARIES.contains(column.kind())) {
            return "HEX(" + ref + ")";
        }
        return isLabel(column) ? "CAST(" + ref + " + 0 AS CHAR)" : value(ref, column);
    }

    /**
     * A constant of the column's class: then the column is compared as it is, by its index. A text stays as it is, for
     * a cast would bring the connection's collation; the column's own decides.
     */
    static String cast(String operand, Column column) {
        if (BINARIES.contains(column.kind())) {
            return "UNHEX(" + operand + ")";
        }
        String type = switch (column.kind()) {
            case "tinyint", "smallint", "mediumint", "int", "bigint" ->
                column.type().contains("unsigned") ? "UNSIGNED" : "SIGNED";
            case "bit", "year", "enum", "set" -> "UNSIGNED";
            case "decimal" -> "DECIMAL(65," + Math.max(0, column.modifier()) + ")";
            case "datetime", "timestamp" -> "DATETIME(6)";
            case "date" -> "DATE";
            case "time" -> "TIME(6)";
            default -> "";
        };
        return type.isEmpty() ? operand : "CAST(" + operand + " AS " + type + ")";
    }

    static boolean isOrdered(Column column) {
        return !UNORDERED.contains(column.kind()) && !GEOMETRIES.contains(column.kind());
    }

    /** Reads a column through any driver: what is no text of the server's are binary values alone. */
    static ColumnReader reader(Column column, TypePolicy policy, Losses losses) {
        ValueWriter writer = writer(column, policy, losses);
        return BINARIES.contains(column.kind()) ? ColumnReader.ofBytes(writer) : ColumnReader.ofText(writer);
    }

    /** The writer of a column's values, from the bytes that the server sends. */
    static ValueWriter writer(Column column, TypePolicy policy, Losses losses) {
        if (BINARIES.contains(column.kind())) {
            return BASE64;
        }
        return switch (column.kind()) {
            case "tinyint" -> policy.isTinyintBoolean() && isTinyint1(column) ? bool() : withoutZeros(JSON);
            case "smallint", "mediumint", "int", "bigint", "year" -> withoutZeros(JSON);
            case "bit" -> column.type().equals("bit(1)") ? bool() : JSON;
            case "decimal" -> withoutZeros(ASCII);
            case "float" -> (text, out) -> out.number((float) Double.parseDouble(text));
            case "double" -> JSON;
            case "date", "datetime", "timestamp" -> new MySqlTime(column, policy, losses);
            case "json" -> policy.documents() == TypePolicy.Documents.EMBEDDED ? JSON : string();
            default -> string();
        };
    }

    /** What a column's reader does, backwards, as far as the database would not understand the JSON's own text. */
    static String unwritten(String json, Column column) {
        if (BINARIES.contains(column.kind())) {
            return HexFormat.of().formatHex(Base64.getDecoder().decode(json));
        }
        if (isLabel(column)) {
            throw new SourceException("rows cannot be looked up by " + column.name() + ", which is an " + column.kind()
                    + ": its order is that of numbers which were not sent");
        }
        return switch (column.kind()) {
            case "bit", "tinyint" -> json.equals("true") ? "1" : json.equals("false") ? "0" : json;
            case "datetime" -> json.replace('T', ' ');
            case "timestamp" -> json.replace('T', ' ').replace("Z", "");
            default -> json;
        };
    }

    private static boolean isLabel(Column column) {
        return column.kind().equals("enum") || column.kind().equals("set");
    }

    private static boolean isTinyint1(Column column) {
        return column.type().startsWith("tinyint(1)");
    }

    private static ValueWriter.OfBytes bool() {
        return (utf8, from, to, out) -> out.bool(to - from != 1 || utf8[from] != '0');
    }

    /** Some servers let be stored what Java takes for no UTF-8; then each such place is a replacement character. */
    private static ValueWriter.OfBytes string() {
        return (utf8, from, to, out) -> {
            if (Utf8.isValid(utf8, from, to)) {
                out.utf8(utf8, from, to);
            } else {
                out.string(new String(utf8, from, to - from, UTF_8));
            }
        };
    }

    /** ZEROFILL columns and the year 0 have zeros in front. */
    private static ValueWriter.OfBytes withoutZeros(ValueWriter writer) {
        return (utf8, from, to, out) -> {
            int start = from;
            while (start + 1 < to && utf8[start] == '0' && utf8[start + 1] != '.') {
                start++;
            }
            writer.write(utf8, start, to, out);
        };
    }
}
