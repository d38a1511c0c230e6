package dev.sluice.row;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Texts as {@link JsonWriter} writes them, byte for byte beside Jackson's: both escape the same characters, once Jackson
 * is told to write the others as UTF-8, pairs of surrogates too.
 *
 * <p>Bytes go in as they are, also those that are no UTF-8: a broken sequence stays where it is, and swallows no quote
 * and no backslash. Whoever takes bytes from outside refuses them before, as a row and a serializer do.
 */
final class JsonTextPropertyTest {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
            // No name comes twice, and to remember each takes most of the time.
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .build();
    private static final ObjectMapper JACKSON = new ObjectMapper(FACTORY);
    private static final int RUNS = 10_000;

    /** Either side of each border between the shapes that a character's UTF-8 and UTF-16 have. */
    private static final String EDGES = "a\"\uD7FF\uD800\uDBFF\uDC00\uDFFF\uE000";

    /** First and last bytes of every kind, and some that no UTF-8 has. */
    private static final byte[] EDGE_BYTES =
            HexFormat.of().parseHex("41225c0a7f808f909fa0bfc0c1c2dfe0e1ecedeeeff0f1f3f4f5f7f8fbfcfdfeff");

    private final JsonWriter out = new JsonWriter(0);

    @Test
    void writes_every_character_as_jackson_does() throws IOException {
        for (int point = 0; point <= Character.MAX_CODE_POINT; point++) {
            if (point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE) {
                String text = Character.toString(point);
                byte[] expected = point < 0x80 ? jackson(text) : ('"' + text + '"').getBytes(UTF_8);
                same("code point " + point, out.truncate(0).string(text), expected);
                byte[] bytes = text.getBytes(UTF_8);
                same("bytes of " + point, out.truncate(0).utf8(bytes, 0, bytes.length), expected);
            }
        }
        for (int from = 0; from <= Character.MAX_CODE_POINT; from += 64) {
            holds("code points from " + from, fromPoints(from));
        }
    }

    private static String fromPoints(int from) {
        return IntStream.range(from, from + 64)
                .filter(point -> point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    @Test
    void refuses_every_surrogate_that_stands_alone_wherever_it_stands() {
        for (char c = Character.MIN_SURROGATE; c <= Character.MAX_SURROGATE; c++) {
            for (String text : new String[] {"" + c, c + "b", "é" + c + "\"", "😀" + c}) {
                refuses(text);
            }
        }
    }

    @Test
    void writes_or_refuses_every_short_text_of_surrogates_as_java_encodes_it() throws IOException {
        int places = EDGES.length();
        for (int length = 1; length <= 5; length++) {
            for (int i = 0; i < Math.pow(places, length); i++) {
                StringBuilder text = new StringBuilder();
                for (int rest = i; text.length() < length; rest /= places) {
                    text.append(EDGES.charAt(rest % places));
                }
                holdsOrRefuses("text " + i + " of " + length, text.toString());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void writes_or_refuses_random_text(long seed) throws IOException {
        Random random = new Random(seed);
        for (int i = 0; i < RUNS; i++) {
            String text = randomText(random);
            String what = "seed " + seed + ", run " + i;
            holdsOrRefuses(what, text);
            if (firstHalf(text) < 0) {
                isReadBack(what, text);
            }
        }
    }

    /** As a name, as a value and amid others. */
    private void isReadBack(String what, String text) throws IOException {
        byte[] bytes = text.getBytes(UTF_8);
        out.truncate(0).beginObject().name(text).beginArray().string(text).utf8(bytes, 0, bytes.length);
        same(what, out.endArray().name(text + "'").string(text).endObject(), jacksonObject(text));
        JsonNode read = JACKSON.readTree(bytes(out));
        assertThat(read.get(text).get(1).textValue()).as(what).isEqualTo(text);
        assertThat(read.get(text + "'").textValue()).as(what).isEqualTo(text);
    }

    /** Every kind of character, mostly of one kind at a time; now and then half of a pair. */
    private static String randomText(Random random) {
        StringBuilder text = new StringBuilder();
        int[] bounds = {0x20, 0x80, 0x100, 0x800, 0x10000, 0x110000};
        for (int runs = random.nextInt(5); runs > 0; runs--) {
            int bound = bounds[random.nextInt(bounds.length)];
            for (int length = random.nextInt(12); length > 0; length--) {
                int point = random.nextInt(bound);
                boolean half = point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
                text.appendCodePoint(half && random.nextInt(20) > 0 ? '\\' : point);
            }
        }
        return text.toString();
    }

    @Test
    void keeps_all_bytes_whatever_they_are_when_there_are_one_or_two() throws IOException {
        for (int i = 0; i < 0x100; i++) {
            keeps("byte " + i, new byte[] {(byte) i});
        }
        for (int i = 0; i < 0x10000; i++) {
            keeps("bytes " + i, new byte[] {(byte) (i >> 8), (byte) i});
        }
    }

    @Test
    void keeps_all_bytes_whatever_they_are_when_there_are_three() throws IOException {
        for (byte first : EDGE_BYTES) {
            for (byte second : EDGE_BYTES) {
                for (byte third : EDGE_BYTES) {
                    keeps("bytes", new byte[] {first, second, third});
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {4, 5, 6})
    void keeps_random_bytes(long seed) throws IOException {
        Random random = new Random(seed);
        for (int i = 0; i < RUNS; i++) {
            byte[] bytes = randomText(random).getBytes(UTF_8);
            for (int wrong = random.nextInt(4); wrong > 0 && bytes.length > 0; wrong--) {
                bytes[random.nextInt(bytes.length)] = EDGE_BYTES[random.nextInt(EDGE_BYTES.length)];
            }
            keeps("seed " + seed + ", run " + i, bytes);
        }
    }

    /** By name; those above try them among all others. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "c080", // NUL in two bytes
                "c0a2", // a quote in two bytes
                "c19c", // a backslash in two bytes
                "e080a2", // a quote in three
                "e09fbf", // the last of two in three
                "f08080a2", // a quote in four
                "f08fbfbf", // the last of three in four
                "eda080", // a high surrogate
                "edbfbf", // a low surrogate
                "eda0bdedb880", // a pair as CESU-8 has it
                "f4908080", // the first beyond all code points
                "f7bfbfbf", // the last of four bytes
                "f888808080", // five bytes
                "fc8480808080", // six bytes
                "c3", // cut behind the first of two
                "e6bc", // cut behind the second of three
                "f09f98", // cut behind the third of four
                "f09f22", // cut by a quote
                "e65c", // cut by a backslash
                "c30a", // cut by a newline
                "80", // none begins so
                "ff"
            })
    void keeps_every_broken_form_and_refuses_it_as_a_row(String hex) throws IOException {
        byte[] broken = HexFormat.of().parseHex(hex);
        for (String around : new String[] {"", "a", "\"", "\\", "é", "😀"}) {
            byte[] side = around.getBytes(UTF_8);
            keeps(hex + " amid " + around, joined(side, broken, side));
        }
        assertThatThrownBy(() -> Row.json(joined("{\"a\":\"".getBytes(UTF_8), broken, "\"}".getBytes(UTF_8))))
                .isInstanceOf(InvalidRowException.class)
                .hasMessageContaining("is not well-formed UTF-8");
        assertThatThrownBy(() -> serialized(broken))
                .isInstanceOf(InvalidRowException.class)
                .hasMessageContaining("is not well-formed UTF-8");
    }

    /** A serializer may hand over bytes; they are taken exactly when Java decodes them. */
    @Test
    void takes_random_bytes_of_a_serializer_only_when_they_are_utf8() throws IOException {
        Random random = new Random(7);
        int taken = 0;
        int runs = RUNS / 2;
        for (int i = 0; i < runs; i++) {
            byte[] bytes = randomText(random).getBytes(UTF_8);
            if (bytes.length > 0 && random.nextBoolean()) {
                bytes[random.nextInt(bytes.length)] = EDGE_BYTES[random.nextInt(EDGE_BYTES.length)];
            }
            String text = new String(bytes, UTF_8);
            if (Arrays.equals(text.getBytes(UTF_8), bytes)) {
                same("run " + i, serialized(bytes), jackson(text));
                taken++;
            } else {
                assertThatThrownBy(() -> serialized(bytes)).as("run " + i).isInstanceOf(InvalidRowException.class);
            }
        }
        assertThat(taken).isBetween(runs / 4, runs * 3 / 4);
    }

    static IntStream lengths() {
        return IntStream.concat(
                IntStream.rangeClosed(0, 70),
                IntStream.of(4_000, 4_095, 4_096, 4_097, 8_000, 8_191, 8_192, 8_193, 65_535, 65_536, 65_537));
    }

    /** The buffer is as long as the text, a little shorter, a little longer, or grows from its least size. */
    @ParameterizedTest
    @MethodSource("lengths")
    void writes_the_same_when_a_special_character_stands_at_any_place_before_the_end(int length) throws IOException {
        String[] specials = {"\u0001", "\"", "\\", "\n", "é", "漢", "😀", "😀\u0001\""};
        int[] capacities = {0, length - 1, length + 1, length + 8};
        int last = length <= 70 ? 70 : 16;
        for (int place = Math.max(0, length - last); place <= length; place++) {
            for (int i = 0; i < specials.length; i++) {
                String text = "a".repeat(place) + specials[i] + "b".repeat(length - place);
                keepsRoom(text, capacities[(place + i) % capacities.length]);
            }
        }
    }

    private void keepsRoom(String text, int capacity) throws IOException {
        String what = text.length() + " characters in " + capacity;
        byte[] bytes = text.getBytes(UTF_8);
        byte[] expected = jackson(text);
        same(what, new JsonWriter(capacity).string(text), expected);
        same(what, new JsonWriter(capacity).utf8(bytes, 0, bytes.length), expected);
        byte[] twice = joined("1,".getBytes(UTF_8), expected, joined(new byte[] {','}, expected, new byte[0]));
        same(what, new JsonWriter(capacity).number(1).string(text).utf8(bytes, 0, bytes.length), twice);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u0001", "\"", "é", "漢", "😀", "a\uFFFF"})
    void writes_the_same_when_all_is_special(String unit) throws IOException {
        for (int length : lengths().toArray()) {
            keepsRoom(unit.repeat(length), length);
        }
    }

    private void holdsOrRefuses(String what, String text) throws IOException {
        if (firstHalf(text) < 0) {
            holds(what, text);
        } else {
            refuses(text);
        }
    }

    private void holds(String what, String text) throws IOException {
        byte[] expected = jackson(text);
        same(what, out.truncate(0).string(text), expected);
        byte[] bytes = text.getBytes(UTF_8);
        same(what, out.truncate(0).utf8(bytes, 0, bytes.length), expected);
    }

    /** Nothing of it is left once the caller has gone back to where it began. */
    private void refuses(String text) {
        out.truncate(0).number(7);
        String problem = "";
        try {
            out.string(text);
        } catch (UnwritableException e) {
            problem = String.valueOf(e.getMessage());
        }
        assertThat(problem).isEqualTo("character " + firstHalf(text) + " is half of a surrogate pair");
        same(text, out.truncate(1).string("b"), "7,\"b\"".getBytes(UTF_8));
    }

    /** Where Java's encoder stops; -1 if it does not. */
    private static int firstHalf(String text) {
        CharBuffer chars = CharBuffer.wrap(text);
        UTF_8.newEncoder().encode(chars, ByteBuffer.allocate(4 * text.length()), true);
        return chars.hasRemaining() ? chars.position() : -1;
    }

    private void keeps(String what, byte[] bytes) throws IOException {
        byte[] framed = joined("é\"".getBytes(UTF_8), bytes, "\\\n".getBytes(UTF_8));
        out.truncate(0).utf8(framed, 3, 3 + bytes.length);
        same(what + " " + HexFormat.of().formatHex(bytes), out, jackson(bytes));
        String read = JACKSON.readValue(new String(bytes(out), UTF_8), String.class);
        assertThat(read).as(what).isEqualTo(new String(bytes, UTF_8));
    }

    private JsonWriter serialized(byte[] text) throws IOException {
        byte[] framed = joined(new byte[] {'"'}, text, new byte[] {(byte) 0x80});
        out.truncate(0);
        try (RowGenerator generator = new RowGenerator(JACKSON, out, 1)) {
            generator.writeUTF8String(framed, 1, text.length);
        }
        return out;
    }

    private static byte[] jackson(String text) throws IOException {
        ByteArrayOutputStream json = new ByteArrayOutputStream();
        try (JsonGenerator generator = FACTORY.createGenerator(json)) {
            generator.writeString(text);
        }
        return json.toByteArray();
    }

    private static byte[] jackson(byte[] utf8) throws IOException {
        ByteArrayOutputStream json = new ByteArrayOutputStream();
        try (JsonGenerator generator = FACTORY.createGenerator(json)) {
            generator.writeUTF8String(utf8, 0, utf8.length);
        }
        return json.toByteArray();
    }

    private static byte[] jacksonObject(String text) throws IOException {
        ByteArrayOutputStream json = new ByteArrayOutputStream();
        try (JsonGenerator generator = FACTORY.createGenerator(json)) {
            generator.writeStartObject();
            generator.writeFieldName(text);
            generator.writeArray(new String[] {text, text}, 0, 2);
            generator.writeStringField(text + "'", text);
            generator.writeEndObject();
        }
        return json.toByteArray();
    }

    private static void same(String what, JsonWriter written, byte[] expected) {
        byte[] json = bytes(written);
        if (!Arrays.equals(json, expected)) {
            assertThat(new String(json, UTF_8)).as(what).isEqualTo(new String(expected, UTF_8));
            assertThat(json).as(what).isEqualTo(expected);
        }
    }

    private static byte[] bytes(JsonWriter written) {
        return written.copy(0, written.size());
    }

    private static byte[] joined(byte[] first, byte[] second, byte[] third) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(first);
        all.writeBytes(second);
        all.writeBytes(third);
        return all.toByteArray();
    }
}
