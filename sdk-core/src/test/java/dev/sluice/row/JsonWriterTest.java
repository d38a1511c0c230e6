package dev.sluice.row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonWriterTest {
    private static final ObjectMapper JACKSON = new ObjectMapper();

    private static String write(Consumer<JsonWriter> calls) {
        JsonWriter out = new JsonWriter(0);
        calls.accept(out);
        return new String(out.copy(0, out.size()), StandardCharsets.UTF_8);
    }

    private static String readBack(String text) throws IOException {
        JsonWriter out = new JsonWriter(0).string(text);
        return JACKSON.readValue(out.copy(0, out.size()), String.class);
    }

    static IntStream controls() {
        return IntStream.range(0, 0x20);
    }

    @ParameterizedTest
    @MethodSource("controls")
    void escapes_every_control_character(int code) throws IOException {
        String text = "a" + (char) code + "b";
        assertThat(write(out -> out.string(text))).matches("\"a\\\\([nrtbf]|u00[01][0-9A-F])b\"");
        assertThat(readBack(text)).isEqualTo(text);
    }

    @Test
    void escapes_quotes_and_backslashes_and_nothing_else() {
        assertThat(write(out -> out.string("\"\\/'\u007F<>&"))).isEqualTo("\"\\\"\\\\/'\u007F<>&\"");
    }

    @Test
    void uses_the_short_escapes_where_there_are_any() {
        assertThat(write(out -> out.string("\n\r\t\b\f\u0001\u001F"))).isEqualTo("\"\\n\\r\\t\\b\\f\\u0001\\u001F\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\u0080",
                "\u07FF",
                "\u0800",
                "\uD7FF",
                "\uE000",
                "\uFFFF",
                "\u2028",
                "😀",
                "\uDBFF\uDFFF",
                "𐀀é漢"
            })
    void writes_utf8_of_every_length(String text) throws IOException {
        assertThat(write(out -> out.string(text))).isEqualTo('"' + text + '"');
        assertThat(readBack(text)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"D800,''", "DC00,''", "DBFF,x", "D83D,D83D", "DE00,DE00", "DE00,D83D"})
    void refuses_half_of_a_surrogate_pair(String first, String second) {
        String rest = second.length() == 4 ? "" + (char) Integer.parseInt(second, 16) : second;
        String text = "ab" + (char) Integer.parseInt(first, 16) + rest;
        assertThatThrownBy(() -> write(out -> out.string(text)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("character 2 is half of a surrogate pair");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "\u0000", "\"", "é", "漢", "😀", "😀\u0001a"})
    void grows_as_long_as_the_text_does(String unit) throws IOException {
        String text = unit.repeat(70_001);
        assertThat(readBack(text)).isEqualTo(text);
    }

    @Test
    void writes_what_jackson_reads_when_text_is_random() throws IOException {
        Random random = new Random(42);
        for (int i = 0; i < 30_000; i++) {
            String text = randomText(random);
            assertThat(readBack(text)).isEqualTo(text);
        }
    }

    /** Letters, escapes, controls and characters of every length in UTF-8, in runs of up to 40. */
    private static String randomText(Random random) {
        StringBuilder text = new StringBuilder();
        int[] bounds = {0x20, 0x80, 0x800, 0x10000, 0x110000};
        for (int length = random.nextInt(40); length > 0; length--) {
            int point = random.nextInt(bounds[random.nextInt(bounds.length)]);
            boolean half = point >= 0xD800 && point <= 0xDFFF;
            text.appendCodePoint(half ? '"' : point);
        }
        return text.toString();
    }

    @Test
    void writes_bytes_that_jackson_reads_when_text_is_random() throws IOException {
        Random random = new Random(43);
        for (int i = 0; i < 30_000; i++) {
            String text = randomText(random);
            byte[] framed = ("<" + text + ">").getBytes(StandardCharsets.UTF_8);
            JsonWriter out = new JsonWriter(0).utf8(framed, 1, framed.length - 1);
            assertThat(JACKSON.readValue(out.copy(0, out.size()), String.class)).isEqualTo(text);
            assertThat(write(same -> same.utf8(framed, 1, framed.length - 1)))
                    .isEqualTo(write(same -> same.string(text)));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "\u0000", "\"", "\\", "\u001F", "\u007F", "\u0080", "😀", "😀\u0001a", "a\n"})
    void writes_bytes_as_it_writes_their_text(String unit) {
        for (int times : new int[] {1, 70_001}) {
            byte[] bytes = unit.repeat(times).getBytes(StandardCharsets.UTF_8);
            assertThat(write(out -> out.utf8(bytes, 0, bytes.length).utf8(bytes, 0, 0)))
                    .isEqualTo(write(out -> out.string(unit.repeat(times)).string("")));
        }
    }

    @Test
    void writes_a_part_of_bytes_that_are_json() {
        byte[] bytes = "x[1, 2]x".getBytes(StandardCharsets.UTF_8);
        assertThat(write(out -> out.raw(bytes, 1, 7).raw(bytes, 2, 3))).isEqualTo("[1, 2],1");
    }

    @Test
    void writes_whole_numbers() {
        assertThat(write(out -> out.number(Long.MIN_VALUE).number(0L).number(Long.MAX_VALUE)))
                .isEqualTo("-9223372036854775808,0,9223372036854775807");
    }

    @Test
    void writes_the_digits_of_whole_numbers_of_every_length() {
        Random random = new Random(1);
        JsonWriter out = new JsonWriter(0);
        for (int i = 0; i < 20_000; i++) {
            long number = random.nextLong() >> random.nextInt(64);
            out.truncate(0).number(number);
            assertThat(new String(out.copy(0, out.size()), StandardCharsets.US_ASCII))
                    .isEqualTo(Long.toString(number));
        }
    }

    @Test
    void writes_doubles_that_read_as_themselves_and_no_longer_than_java_does() {
        Random random = new Random(2);
        double[] powers = {1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e9};
        for (int i = 0; i < 50_000; i++) {
            double few = random.nextInt() / powers[random.nextInt(powers.length)];
            double value = random.nextInt(4) == 0 ? Double.longBitsToDouble(random.nextLong()) : few;
            if (Double.isFinite(value)) {
                String text = write(out -> out.number(value));
                assertThat(Double.parseDouble(text)).isEqualTo(value);
                assertThat(text).hasSizeLessThanOrEqualTo(Double.toString(value).length());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            doubles = {
                0.0,
                -0.0,
                1,
                -1,
                0.5,
                19.99,
                -0.05,
                0.001,
                0.0012,
                9.99e-4,
                1e7,
                9999999,
                9999999.5,
                0.3,
                0.1 + 0.2,
                123456.654321,
                100,
                1234567.0000001
            })
    void writes_doubles_as_java_does(double value) {
        assertThat(write(out -> out.number(value).number(value))).isEqualTo(value + "," + value);
    }

    @Test
    void writes_floating_numbers_in_their_shortest_form() {
        assertThat(write(out -> out.number(0.1).number(-0.0).number(1e300).number(5e-324)))
                .isEqualTo("0.1,-0.0,1.0E300,4.9E-324");
        assertThat(write(out -> out.number(123.456f).number(1e-10f))).isEqualTo("123.456,1.0E-10");
    }

    @Test
    void writes_every_digit_of_big_numbers() {
        String digits = "1234567890123456789012345678901234567890";
        assertThat(write(out -> out.number(new BigInteger(digits)))).isEqualTo(digits);
        assertThat(write(out -> out.number(new BigDecimal("0." + digits + "00"))))
                .isEqualTo("0." + digits + "00");
        assertThat(write(out -> out.number(new BigDecimal("1E+30")))).isEqualTo("1E+30");
    }

    @Test
    void writes_exact_numbers_as_jackson_does() throws IOException {
        Random random = new Random(3);
        for (int i = 0; i < 20_000; i++) {
            BigInteger digits = new BigInteger(random.nextInt(200), random).subtract(BigInteger.valueOf(i));
            BigDecimal decimal = new BigDecimal(digits, random.nextInt(60) - 20);
            float single = Float.intBitsToFloat(random.nextInt());
            float number = Float.isFinite(single) ? single : i;
            assertThat(write(out -> out.number(digits).number(decimal).number(number)))
                    .isEqualTo(JACKSON.writeValueAsString(digits) + "," + JACKSON.writeValueAsString(decimal) + ","
                            + JACKSON.writeValueAsString(number));
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void refuses_numbers_that_json_does_not_have(double value) {
        assertThatThrownBy(() -> write(out -> out.number(value))).hasMessage("JSON has no number for " + value);
        assertThatThrownBy(() -> write(out -> out.number((float) value))).hasMessage("JSON has no number for " + value);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 1_000, 100_000})
    void writes_bytes_as_base64(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        String text = write(out -> out.base64(bytes));
        assertThat(Base64.getDecoder().decode(text.substring(1, text.length() - 1)))
                .isEqualTo(bytes);
    }

    @Test
    void puts_commas_between_values_and_nowhere_else() {
        String json = write(out -> out.beginObject()
                .name("a")
                .beginArray()
                .number(1)
                .bool(true)
                .nullValue()
                .beginArray()
                .endArray()
                .endArray()
                .name("b")
                .beginObject()
                .endObject()
                .name("c")
                .string(",{[:")
                .name("d")
                .base64(new byte[0])
                .endObject());
        assertThat(json).isEqualTo("{\"a\":[1,true,null,[]],\"b\":{},\"c\":\",{[:\",\"d\":\"\"}");
    }

    @Test
    void separates_values_at_the_outermost_level() {
        String json = write(out -> out.beginObject()
                .endObject()
                .string(":")
                .number(1)
                .bool(false)
                .raw("[2]".getBytes(StandardCharsets.US_ASCII))
                .token("3"));
        assertThat(json).isEqualTo("{},\":\",1,false,[2],3");
    }

    @Test
    void forgets_what_lies_past_a_truncation() {
        JsonWriter out = new JsonWriter(4).number(12).string("gone");
        assertThat(out.truncate(2).size()).isEqualTo(2);
        out.number(3);
        assertThat(new String(out.copy(0, out.size()), StandardCharsets.US_ASCII))
                .isEqualTo("12,3");
        assertThat(out.truncate(0).number(4).copy(0, 1)).containsExactly('4');
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 3})
    void refuses_to_truncate_to_what_it_does_not_have(int size) {
        assertThatThrownBy(() -> new JsonWriter(4).number(12).truncate(size))
                .hasMessage("cannot truncate 2 bytes to " + size);
    }

    /** Looked for in eights, so a byte may be anywhere in them, beside any other. */
    @Test
    void escapes_the_same_in_bytes_as_in_strings_wherever_a_character_stands() {
        for (int length = 0; length < 20; length++) {
            for (int place = 0; place < length; place++) {
                for (int c = 0; c < 0x100; c++) {
                    char[] text = new char[length];
                    Arrays.fill(text, c % 3 == 0 ? '!' : c % 3 == 1 ? '\u007f' : '\u00e9');
                    text[place] = (char) c;
                    assertSameInBytes(new String(text));
                }
            }
        }
    }

    private static void assertSameInBytes(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        byte[] within = new byte[utf8.length + 2];
        Arrays.fill(within, (byte) '"');
        System.arraycopy(utf8, 0, within, 1, utf8.length);
        JsonWriter bytes = new JsonWriter(16).utf8(within, 1, utf8.length + 1);
        JsonWriter string = new JsonWriter(16).string(text);
        assertThat(bytes.copy(0, bytes.size())).isEqualTo(string.copy(0, string.size()));
    }

    @Test
    void writes_a_name_that_was_encoded_before_as_any_other() {
        for (String name : List.of("id", "", "na\u00efve \"x\"", "\u0001\\", "\ud83d\ude00")) {
            JsonWriter plain =
                    new JsonWriter(16).beginObject().name(name).number(1).name(name);
            FieldName encoded = FieldName.of(name);
            JsonWriter out =
                    new JsonWriter(16).beginObject().name(encoded).number(1).name(encoded);
            assertThat(out.copy(0, out.size())).isEqualTo(plain.copy(0, plain.size()));
        }
    }

    @Test
    void digests_what_was_written_and_nothing_behind_it() throws Exception {
        JsonWriter out = new JsonWriter(64).string("abc");
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        out.digest(digest, 1, 4);
        assertThat(digest.digest())
                .isEqualTo(MessageDigest.getInstance("SHA-256")
                        .digest("abc".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        assertThatThrownBy(() -> out.digest(digest, 0, 6)).isInstanceOf(IndexOutOfBoundsException.class);
    }
}
