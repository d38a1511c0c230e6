package dev.sluice.benchmarks.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MarkerCountTest {
    private static final String TEXT = "{\"sequence_number\":1},{\"sequence_numbe\":2},sequence_numbesequence_number"
            + "sequence_numbersequencsequence_number,numbersequence_numberr";

    private final MarkerCount markers = new MarkerCount();

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 7, 13, 14, 15, 16, 17, 29, 1_000})
    void counts_each_marker_once_wherever_the_pieces_end(int size) {
        add(TEXT, size);

        assertThat(markers.count()).isEqualTo(5);
    }

    @Test
    void counts_a_marker_at_each_place_of_a_border() {
        for (int cut = 0; cut <= TEXT.length(); cut++) {
            markers.reset();
            add(TEXT.substring(0, cut), 1_000);
            add(TEXT.substring(cut), 1_000);

            assertThat(markers.count()).as("cut at %d", cut).isEqualTo(5);
        }
    }

    @Test
    void begins_anew_after_a_reset() {
        add("sequence_num", 1_000);
        markers.reset();
        add("ber", 1_000);

        assertThat(markers.count()).isZero();
    }

    /** Each piece lies in the midst of other bytes, which do not count. */
    private void add(String text, int size) {
        byte[] bytes = ("sequence_number" + text + "sequence_number").getBytes(StandardCharsets.US_ASCII);
        int end = bytes.length - 15;
        for (int from = 15; from < end; from += size) {
            markers.add(bytes, from, Math.min(size, end - from));
        }
    }
}
