package dev.sluice.jdbc.dialect;

import dev.sluice.row.JsonWriter;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.Blob;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The JSON of each type that standard SQL has, and of those of other names that are alike.
 *
 * <p>Decided by column, never by value. Dates and times leave the database as text that it wrote itself; the rest is
 * read by the driver. Decimals are strings, for a reader may take JSON numbers for doubles; what has no rule is its
 * text.
 */
final class GenericTypes {
    /** Long enough for every time. Some databases cut at 30 characters if nothing is said. */
    private static final String AS_TEXT = " AS VARCHAR(100))";

    private static final Pattern ARRAY = Pattern.compile("(?: ARRAY(?:\\[\\d+])?|\\[\\d*])+$");
    private static final Pattern INTEGER =
            Pattern.compile("U?(?:TINY|SMALL|MEDIUM|BIG|HUGE)?INT|U?INTEGER|INT[248]|BIGNUM");
    private static final Set<String> TIMES = Set.of("date", "timestamp", "timestamptz");
    private static final Set<String> ORDERED =
            Set.of("integer", "decimal", "text", "date", "timestamp", "timestamptz", "uuid");

    /** What elements of arrays drivers hand out as they are. */
    private static final Set<String> ELEMENTS =
            Set.of("boolean", "integer", "decimal", "float", "text", "binary", "uuid");

    private static final int STANDARD_DIGITS = 6;

    private GenericTypes() {}

    /**
     * A column as a driver describes it.
     *
     * @param jdbcType of {@link Types}
     * @param size digits or characters; 0 if it is not told
     * @param digits behind the point or the second; -1 if it is not told
     */
    static Column column(String name, int jdbcType, String typeName, int size, int digits, boolean nullable) {
        String upper = typeName.toUpperCase(Locale.ROOT);
        String element = ARRAY.matcher(upper).replaceFirst("");
        boolean isArray = !element.equals(upper);
        String kind = isArray ? byName(element) : kind(jdbcType, upper);
        if (isArray && !ELEMENTS.contains(kind)) {
            return new Column(name, typeName, "array of " + kind, false, -1, nullable);
        }
        int modifier = isArray ? -1 : modifier(kind, upper, digits);
        return new Column(
                name, isArray ? typeName : type(kind, typeName, size, modifier), kind, isArray, modifier, nullable);
    }

    private static String kind(int jdbcType, String name) {
        String named = byName(name);
        return named.equals("uuid") || named.equals("json") || named.equals("geometry") || named.equals("decfloat")
                ? named
                : switch (jdbcType) {
                    case Types.BOOLEAN -> "boolean";
                    case Types.BIT -> "bit";
                    case Types.TINYINT, Types.SMALLINT, Types.INTEGER, Types.BIGINT -> "integer";
                    case Types.DECIMAL, Types.NUMERIC -> "decimal";
                    case Types.REAL, Types.FLOAT, Types.DOUBLE -> "float";
                    case Types.CHAR, Types.VARCHAR, Types.NCHAR, Types.NVARCHAR -> "text";
                    case Types.LONGVARCHAR, Types.LONGNVARCHAR, Types.CLOB, Types.NCLOB -> "clob";
                    case Types.BINARY, Types.VARBINARY, Types.LONGVARBINARY, Types.BLOB -> "binary";
                    case Types.DATE -> "date";
                    case Types.TIME, Types.TIME_WITH_TIMEZONE -> "time";
                    case Types.TIMESTAMP -> "timestamp";
                    case Types.TIMESTAMP_WITH_TIMEZONE -> "timestamptz";
                    case Types.OTHER -> named;
                    default -> "other";
                };
    }

    /** Drivers have no number for some types, and tell of an array's elements by name alone. */
    private static String byName(String name) {
        String plain = name.replaceFirst("\\(.*", "").trim();
        if (INTEGER.matcher(plain).matches()) {
            return "integer";
        }
        if (plain.startsWith("TIMESTAMP")) {
            return name.contains("ZONE") || plain.equals("TIMESTAMPTZ") ? "timestamptz" : "timestamp";
        }
        return switch (plain) {
            case "BOOLEAN" -> "boolean";
            case "DECIMAL", "NUMERIC" -> "decimal";
            case "REAL", "FLOAT", "DOUBLE", "DOUBLE PRECISION" -> "float";
            case "CHARACTER", "CHAR", "CHARACTER VARYING", "VARCHAR", "TEXT" -> "text";
            case "BINARY", "BINARY VARYING", "VARBINARY", "BLOB" -> "binary";
            case "UUID", "UNIQUEIDENTIFIER" -> "uuid";
            case "JSON", "JSONB" -> "json";
            case "GEOMETRY", "DECFLOAT" -> plain.toLowerCase(Locale.ROOT);
            default -> "other";
        };
    }

    /** Of times the digits behind the second: by the type's own name, by the driver, by the standard. */
    private static int modifier(String kind, String name, int digits) {
        return switch (kind) {
            case "decimal" -> digits;
            case "timestamp", "timestamptz" -> {
                int said = digits < 0 ? STANDARD_DIGITS : digits;
                yield name.endsWith("_S") ? 0 : name.endsWith("_MS") ? 3 : name.endsWith("_NS") ? 9 : said;
            }
            default -> -1;
        };
    }

    /** With its size, where values would else be cut when they are cast to it. */
    private static String type(String kind, String name, int size, int modifier) {
        if (name.contains("(")) {
            return name;
        }
        if (kind.equals("text") && size > 0 && size < Integer.MAX_VALUE) {
            return name + "(" + size + ")";
        }
        if (kind.equals("decimal") && size > 0 && modifier >= 0) {
            return name + "(" + size + "," + modifier + ")";
        }
        // Up to the standard's digits no time is cut; and not every database takes a number there.
        boolean isFine = modifier > STANDARD_DIGITS
                && (name + " ").toUpperCase(Locale.ROOT).startsWith("TIMESTAMP ");
        return isFine && TIMES.contains(kind)
                ? name.replaceFirst("(?i)^TIMESTAMP", "TIMESTAMP(" + modifier + ")")
                : name;
    }

    static String value(String ref, Column column) {
        return isWritten(column) ? "CAST(" + ref + AS_TEXT : ref;
    }

    /** What is no time is not cast, for a length that would do for every text, or number, is not to be had. */
    static String text(String ref, Column column) {
        return value(ref, column);
    }

    private static boolean isWritten(Column column) {
        return TIMES.contains(column.kind()) || column.kind().equals("time");
    }

    static String cast(String operand, Column column) {
        return "CAST(" + operand + " AS " + column.type() + ")";
    }

    static boolean isTime(Column column) {
        return TIMES.contains(column.kind()) && !column.isArray();
    }

    static boolean isOrdered(Column column) {
        return ORDERED.contains(column.kind()) && !column.isArray();
    }

    static ColumnReader reader(Column column, TypePolicy policy, Losses losses) {
        if (column.isArray()) {
            return (row, index, out) -> value(row.getArray(index), column.kind(), out);
        }
        return switch (column.kind()) {
            case "boolean", "decimal", "float" -> (row, index, out) -> value(row.getObject(index), column.kind(), out);
            case "bit" -> GenericTypes::bit;
            case "integer" -> ColumnReader.ofText((text, out) -> out.token(text));
            case "binary" -> (row, index, out) -> value(row.getBytes(index), "binary", out);
            case "date", "timestamp", "timestamptz" -> ColumnReader.ofText(GenericTimes.writer(column, policy, losses));
            case "json" -> ColumnReader.ofText(json(policy));
            default -> ColumnReader.ofText((text, out) -> out.string(text));
        };
    }

    private static ValueWriter json(TypePolicy policy) {
        return policy.documents() == TypePolicy.Documents.EMBEDDED
                ? (text, out) -> out.raw(text.getBytes(StandardCharsets.UTF_8))
                : (text, out) -> out.string(text);
    }

    /** To some databases it is a boolean, to others a row of bits. */
    private static void bit(ResultSet row, int index, JsonWriter out) throws SQLException {
        Object value = row.getObject(index);
        value(
                value instanceof Boolean ? value : row.getString(index),
                value instanceof Boolean ? "boolean" : "text",
                out);
    }

    /** A value of a kind, or an array of such. */
    private static void value(@Nullable Object value, String kind, JsonWriter out) throws SQLException {
        if (value == null) {
            out.nullValue();
        } else if (value instanceof Array array) {
            value(array.getArray(), kind, out);
        } else if (value instanceof Object[] elements) {
            out.beginArray();
            for (Object element : elements) {
                value(element, kind, out);
            }
            out.endArray();
        } else {
            scalar(value, kind, out);
        }
    }

    private static void scalar(Object value, String kind, JsonWriter out) throws SQLException {
        switch (kind) {
            case "boolean" -> out.bool((Boolean) value);
            case "integer" -> out.token(value.toString());
            case "decimal" -> out.string(((BigDecimal) value).toPlainString());
            case "float" -> floating((Number) value, out);
            case "binary" ->
                out.base64(value instanceof Blob blob ? blob.getBytes(1, (int) blob.length()) : (byte[]) value);
            default -> out.string(value.toString());
        }
    }

    /** A float's shortest digits are not those of the double that it is too. */
    private static void floating(Number value, JsonWriter out) {
        if (!Double.isFinite(value.doubleValue())) {
            out.string(Double.toString(value.doubleValue()));
        } else if (value instanceof Float number) {
            out.number(number);
        } else {
            out.number(value.doubleValue());
        }
    }

    /** What a column's reader does, backwards, as far as the database would not understand the JSON's own text. */
    static String unwritten(String json, Column column) {
        if (!isOrdered(column)) {
            throw new SourceException("rows cannot be looked up by " + column.name() + ", whose type is "
                    + column.type() + ": choose other columns for the key");
        }
        return switch (column.kind()) {
            case "timestamp" -> json.replace('T', ' ');
            case "timestamptz" -> json.replace('T', ' ').replace("Z", "+00");
            default -> json;
        };
    }

    static String isDeleted(String ref, Column column) {
        return switch (column.kind()) {
            case "boolean" -> "COALESCE(" + ref + ", FALSE)";
            case "bit" -> "COALESCE(" + ref + ", 0) <> 0";
            default -> ref + " IS NOT NULL";
        };
    }
}
