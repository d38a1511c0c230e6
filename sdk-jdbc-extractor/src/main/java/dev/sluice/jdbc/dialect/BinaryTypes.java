package dev.sluice.jdbc.dialect;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.sluice.row.JsonWriter;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;

/**
 * The PostgreSQL types whose binary form says all that their text does, and is had for less: what their send functions
 * write, whose bytes the manual does not tell. A domain has its base type's. All other types are read as texts.
 */
final class BinaryTypes {
    /** These send their text. Not so "char" and citext, which other casts make texts of. */
    private static final Set<String> TEXTS = Set.of("text", "varchar", "bpchar", "name", "enum", "json", "xml");

    private static final Set<String> OTHERS =
            Set.of("bool", "int2", "int4", "int8", "oid", "jsonb", "timestamptz", "timestamp", "date", "uuid", "bytea");

    private BinaryTypes() {}

    /** Whether a column's values are read as they are, and not as texts. */
    static boolean has(Column column) {
        return !column.isArray() && (TEXTS.contains(column.kind()) || OTHERS.contains(column.kind()));
    }

    /** What understands a column's values. */
    static BinaryValue of(Column column, TypePolicy policy, Losses losses) {
        BinaryValue.Text text = new BinaryValue.Text(PostgresTypes.writer(column, policy, losses));
        if (column.isArray()) {
            return text;
        }
        return switch (column.kind()) {
            case "bool" -> new Bool();
            case "int2" -> new Int2();
            case "int4" -> new Int4();
            case "int8" -> new Int8();
            case "oid" -> new Oid();
            case "jsonb" -> new Jsonb(text);
            case "timestamptz", "timestamp" ->
                new BinaryTime.Stamp(
                        infinite(column, policy, losses),
                        new CalendarText(),
                        column.kind().equals("timestamptz"));
            case "date" -> new BinaryTime.Date(infinite(column, policy, losses), new CalendarText());
            case "uuid" -> new Uuid();
            case "bytea" -> new Bytes();
            default -> text;
        };
    }

    private static InfiniteTimes infinite(Column column, TypePolicy policy, Losses losses) {
        return new InfiniteTimes(column, policy.infiniteTimes(), losses);
    }

    private record Bool() implements BinaryValue {
        @Override
        public int size() {
            return 1;
        }

        @Override
        public void write(byte[] row, int from, int to, JsonWriter out) {
            out.bool(row[from] != 0);
        }

        @Override
        public String text(byte[] row, int from, int to) {
            return row[from] != 0 ? "t" : "f";
        }
    }

    private record Int2() implements BinaryValue {
        @Override
        public int size() {
            return Short.BYTES;
        }

        @Override
        public void write(byte[] row, int from, int to, JsonWriter out) {
            out.number((short) BinaryRow.INT2.get(row, from));
        }

        @Override
        public String text(byte[] row, int from, int to) {
            return Integer.toString((short) BinaryRow.INT2.get(row, from));
        }
    }

    private record Int4() implements BinaryValue {
        @Override
        public int size() {
            return Integer.BYTES;
        }

        @Override
        public void write(byte[] row, int from, int to, JsonWriter out) {
            out.number((int) BinaryRow.INT4.get(row, from));
        }

        @Override
        public String text(byte[] row, int from, int to) {
            return Integer.toString((int) BinaryRow.INT4.get(row, from));
        }
    }

    private record Int8() implements BinaryValue {
        @Override
        public int size() {
            return Long.BYTES;
        }

        @Override
        public void write(byte[] row, int from, int to, JsonWriter out) {
            out.number((long) BinaryRow.INT8.get(row, from));
        }

        @Override
        public String text(byte[] row, int from, int to) {
            return Long.toString((long) BinaryRow.INT8.get(row, from));
        }
    }

    /** Has no sign. */
    private record Oid() implements BinaryValue {
        @Override
        public int size() {
            return Integer.BYTES;
        }

        @Override
        public void write(byte[] row, int from, int to, JsonWriter out) {
            out.number(Integer.toUnsignedLong((int) BinaryRow.INT4.get(row, from)));
        }

        @Override
        public String text(byte[] row, int from, int to) {
            return Integer.toUnsignedString((int) BinaryRow.INT4.get(row, from));
        }
    }

    /** A number for its version, and the text. */
    private record Jsonb(BinaryValue document) implements BinaryValue {
        private static final int VERSION = 1;

        @Override
        public void write(byte[] row, int from, int to, JsonWriter out) {
            document.write(row, begin(row, from, to), to, out);
        }

        @Override
        public String text(byte[] row, int from, int to) {
            return document.text(row, begin(row, from, to), to);
        }

        /** Where the text begins. */
        private static int begin(byte[] row, int from, int to) {
            if (from == to || row[from] != VERSION) {
                throw BinaryRow.unexpected("a jsonb of version " + VERSION);
            }
            return from + 1;
        }
    }

    /** Sixteen bytes. */
    private static final class Uuid implements BinaryValue {
        private static final byte[] HEX = "0123456789abcdef".getBytes(ISO_8859_1);

        /** The text in quotes; a dash is before the bytes 4, 6, 8 and 10. */
        private final byte[] scratch = new byte[38];

        Uuid() {
            Arrays.fill(scratch, (byte) '-');
            scratch[0] = '"';
            scratch[37] = '"';
        }

        @Override
        public int size() {
            return 16;
        }

        @Override
        public void write(byte[] row, int from, int to, JsonWriter out) {
            format(row, from);
            out.raw(scratch, 0, scratch.length);
        }

        @Override
        public String text(byte[] row, int from, int to) {
            format(row, from);
            return new String(scratch, 1, 36, ISO_8859_1);
        }

        private void format(byte[] row, int from) {
            int at = 1;
            for (int i = 0; i < 16; i++) {
                if (i == 4 || i == 6 || i == 8 || i == 10) {
                    at++;
                }
                byte b = row[from + i];
                scratch[at++] = HEX[(b >> 4) & 0xF];
                scratch[at++] = HEX[b & 0xF];
            }
        }
    }

    private record Bytes() implements BinaryValue {
        @Override
        public void write(byte[] row, int from, int to, JsonWriter out) {
            out.base64(Arrays.copyOfRange(row, from, to));
        }

        @Override
        public String text(byte[] row, int from, int to) {
            return "\\x" + HexFormat.of().formatHex(row, from, to);
        }
    }
}
