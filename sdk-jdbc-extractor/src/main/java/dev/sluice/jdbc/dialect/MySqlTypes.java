package dev.sluice.jdbc.dialect;

import dev.sluice.row.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.YearMonth;
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
            default -> "CAST(" + ref + " AS CHAR)";
        };
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

    static ColumnReader reader(Column column, TypePolicy policy, Losses losses) {
        if (BINARIES.contains(column.kind())) {
            return MySqlTypes::bytes;
        }
        ValueWriter times = new OddDates(column, policy, losses)::write;
        return ColumnReader.ofText(
                switch (column.kind()) {
                    case "tinyint" -> policy.isTinyintBoolean() && isTinyint1(column) ? bool() : integer();
                    case "smallint", "mediumint", "int", "bigint", "year" -> integer();
                    case "bit" -> column.type().equals("bit(1)") ? bool() : integer();
                    case "decimal" -> (text, out) -> out.string(withoutZeros(text));
                    case "float" -> (text, out) -> out.number((float) Double.parseDouble(text));
                    case "double" -> (text, out) -> out.token(text);
                    case "date", "datetime", "timestamp" -> times;
                    case "json" -> json(policy);
                    default -> (text, out) -> out.string(text);
                });
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

    private static void bytes(ResultSet row, int index, JsonWriter out) throws SQLException {
        byte[] bytes = row.getBytes(index);
        if (bytes == null) {
            out.nullValue();
        } else {
            out.base64(bytes);
        }
    }

    private static ValueWriter bool() {
        return (text, out) -> out.bool(!text.equals("0"));
    }

    private static ValueWriter integer() {
        return (text, out) -> out.token(withoutZeros(text));
    }

    private static ValueWriter json(TypePolicy policy) {
        return policy.documents() == TypePolicy.Documents.EMBEDDED
                ? (text, out) -> out.raw(text.getBytes(StandardCharsets.UTF_8))
                : (text, out) -> out.string(text);
    }

    /** ZEROFILL columns and the year 0 have zeros in front. */
    private static String withoutZeros(String digits) {
        int start = 0;
        while (start + 1 < digits.length() && digits.charAt(start) == '0' && digits.charAt(start + 1) != '.') {
            start++;
        }
        return digits.substring(start);
    }

    /** Dates and times with a date, which MySQL lets be of no calendar: 0000-00-00, 2025-02-00, 2025-02-31. */
    private record OddDates(Column column, TypePolicy policy, Losses losses) {
        void write(String text, JsonWriter out) {
            if (isDate(text)) {
                String iso = text.replace(' ', 'T');
                out.string(column.kind().equals("timestamp") ? iso + "Z" : iso);
                return;
            }
            switch (policy.zeroDates()) {
                case TEXT -> out.string(text);
                case NULL -> {
                    losses.count(column.name());
                    out.nullValue();
                }
                case FAIL ->
                    throw new SourceException("the column " + column.name() + " (" + column.type()
                            + ") has a date that no calendar has, as 0000-00-00: let the policy for zero dates be"
                            + " text or null, or give the row another one");
            }
        }

        private static boolean isDate(String text) {
            int month = Integer.parseInt(text, 5, 7, 10);
            int day = Integer.parseInt(text, 8, 10, 10);
            if (month == 0 || day == 0) {
                return false;
            }
            return day <= 28
                    || day
                            <= YearMonth.of(Integer.parseInt(text, 0, 4, 10), month)
                                    .lengthOfMonth();
        }
    }
}
