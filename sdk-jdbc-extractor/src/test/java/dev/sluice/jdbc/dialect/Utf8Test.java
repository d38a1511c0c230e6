package dev.sluice.jdbc.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class Utf8Test {
    @ParameterizedTest
    @ValueSource(strings = {"", "a", "plain text of ASCII", "12345678é", "é漢😀", "\uD7FF\uE000\uFFFF", "\u0080\u0800"})
    void takes_what_java_writes(String text) {
        assertThat(isValid(text.getBytes(StandardCharsets.UTF_8))).isTrue();
    }

    /** Cut off, a surrogate, too long a form, above the last, no beginning, five bytes. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "c3",
                "e6bc",
                "eda080",
                "edbfbf",
                "c0af",
                "e08080",
                "f0808080",
                "f4908080",
                "80",
                "ff",
                "f888808080"
            })
    void refuses_what_is_no_utf8(String hex) {
        assertThat(isValid(HexFormat.of().parseHex(hex))).isFalse();
        assertThat(isValid(HexFormat.of().parseHex("6162636465666768" + hex))).isFalse();
    }

    @Test
    void agrees_with_javas_decoder_on_random_bytes() {
        Random random = new Random(20250214);
        int[] likely = {'a', 0x80, 0xBF, 0xA0, 0xC2, 0xE0, 0xED, 0xEF, 0xF0, 0xF4, 0x90};
        for (int i = 0; i < 100_000; i++) {
            byte[] bytes = new byte[random.nextInt(12)];
            for (int at = 0; at < bytes.length; at++) {
                bytes[at] = (byte) likely[random.nextInt(likely.length)];
            }
            assertThat(isValid(bytes)).as(Arrays.toString(bytes)).isEqualTo(isJavas(bytes));
        }
    }

    /** Looks at no byte outside. */
    private static boolean isValid(byte[] bytes) {
        byte[] longer = new byte[bytes.length + 4];
        Arrays.fill(longer, (byte) 0x80);
        System.arraycopy(bytes, 0, longer, 1, bytes.length);
        return Utf8.isValid(longer, 1, 1 + bytes.length);
    }

    private static boolean isJavas(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
