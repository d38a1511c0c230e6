package dev.sluice.jdbc.dialect;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class BinaryRowTest {
    private static final byte[] END = {-1, -1};

    private final BinaryRow row = new BinaryRow(new int[] {BinaryValue.ANY, 4});

    @Test
    void finds_the_values_of_each_row() {
        assertThat(row.read(join(header(0), row("ab", "1234")))).isTrue();
        assertThat(value(0)).isEqualTo("ab");
        assertThat(value(1)).isEqualTo("1234");
        assertThat(row.read(row("", null))).isTrue();
        assertThat(value(0)).isEmpty();
        assertThat(value(1)).isNull();
        assertThat(row.read(row(null, "\n\t\\\0"))).isTrue();
        assertThat(value(0)).isNull();
        assertThat(value(1)).isEqualTo("\n\t\\\0");
        assertThat(row.isEnded()).isFalse();
        assertThat(row.read(END)).isFalse();
        assertThat(row.isEnded()).isTrue();
    }

    @Test
    void ends_when_there_are_no_rows() {
        assertThat(row.read(join(header(0), END))).isFalse();
        assertThat(row.isEnded()).isTrue();
    }

    @Test
    void passes_over_a_header_that_is_longer_or_comes_alone() {
        assertThat(row.read(header(5))).isFalse();
        assertThat(row.isEnded()).isFalse();
        assertThat(row.read(row("ab", "1234"))).isTrue();
        assertThat(value(0)).isEqualTo("ab");
        BinaryRow other = new BinaryRow(new int[] {4});
        assertThat(other.read(join(header(5), row("1234")))).isTrue();
        assertThat(other.start(0)).isEqualTo(19 + 5 + 2 + 4);
    }

    @Test
    void refuses_what_is_cut_off_anywhere() {
        byte[] whole = join(header(3), row("ab", "1234"));
        for (int length = 0; length < whole.length; length++) {
            byte[] part = Arrays.copyOf(whole, length);
            if (length != header(3).length) {
                refuses(new BinaryRow(new int[] {BinaryValue.ANY, 4}), part);
            }
        }
    }

    static Stream<byte[]> odd() {
        byte[] signature = join(header(0), row("ab", "1234"));
        signature[7] ^= 1;
        byte[] critical = join(header(0), row("ab", "1234"));
        critical[12] = 1;
        byte[] negative = join(header(0), row("ab", "1234"));
        negative[15] = -1;
        byte[] length = join(header(0), row("ab", "1234"));
        length[19 + 2] = -2;
        byte[] huge = join(header(0), row("ab", "1234"));
        ByteBuffer.wrap(huge).putInt(19 + 2, Integer.MAX_VALUE);
        return Stream.of(
                signature,
                critical,
                negative,
                length,
                huge,
                Arrays.copyOf(huge, 19 + 2 + 4),
                "ab\t1234\n".repeat(9).getBytes(ISO_8859_1),
                join(header(0), row("ab")),
                join(header(0), row("ab", "1234", "x")),
                join(header(0), row("ab", "12345")),
                join(header(0), row("ab", "")),
                join(header(0), row("ab", "1234"), new byte[] {0}),
                join(header(0), row("ab", "1234"), END),
                join(header(0), END, END));
    }

    @ParameterizedTest
    @MethodSource("odd")
    void refuses_what_it_does_not_know(byte[] message) {
        refuses(row, message);
    }

    @Test
    void refuses_a_row_behind_the_end() {
        row.read(join(header(0), END));
        refuses(row, row("ab", "1234"));
    }

    @Test
    void tells_the_lengths_when_a_value_is_not_as_long_as_its_type() {
        assertThatThrownBy(() -> row.read(join(header(0), row("secret", "12345678"))))
                .isInstanceOf(SourceException.class)
                .hasMessage("the server's COPY cannot be read: expected value 2 of a row to have 4 bytes, found 8");
    }

    private static void refuses(BinaryRow row, byte[] message) {
        assertThatThrownBy(() -> row.read(message))
                .isInstanceOf(SourceException.class)
                .hasMessageStartingWith("the server's COPY cannot be read: expected ")
                .hasMessageNotContaining("ab");
    }

    private @Nullable String value(int column) {
        return row.isNull(column)
                ? null
                : new String(row.bytes(), row.start(column), row.end(column) - row.start(column), ISO_8859_1);
    }

    private static byte[] header(int extension) {
        return ByteBuffer.allocate(19 + extension)
                .put("PGCOPY\n\u00ff\r\n\0".getBytes(ISO_8859_1))
                .putInt(7)
                .putInt(extension)
                .array();
    }

    private static byte[] row(@Nullable String... values) {
        ByteBuffer row = ByteBuffer.allocate(100).putShort((short) values.length);
        for (String value : values) {
            row.putInt(value == null ? -1 : value.length());
            row.put(value == null ? new byte[0] : value.getBytes(ISO_8859_1));
        }
        return Arrays.copyOf(row.array(), row.position());
    }

    private static byte[] join(byte[]... parts) {
        ByteBuffer all = ByteBuffer.allocate(
                Arrays.stream(parts).mapToInt(part -> part.length).sum());
        Arrays.stream(parts).forEach(all::put);
        return all.array();
    }
}
