package dev.sluice.lake;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TextTableTest {
    @Test
    void aligns_numbers_right_when_columns_mix() {
        TextTable table = TextTable.of(List.of("name", "n"), List.of(List.of("Ann", 5), Arrays.asList(null, 123)));
        assertThat(table).hasToString("name | n\n-----+----\nAnn  |   5\nNULL | 123\n(2 rows)\n");
    }

    @Test
    void keeps_a_row_on_one_line_when_a_value_has_several() {
        assertThat(TextTable.of(List.of(Map.of("a", "x\ny\t\u001b[31m"))))
                .hasToString("a\n-----------\nx\\ny\\t?[31m\n(1 row)\n");
    }

    @Test
    void cuts_a_value_when_it_is_very_wide() {
        String text =
                TextTable.of(List.of("a"), List.of(List.of("😀".repeat(100)))).toString();
        assertThat(text).contains("\n" + "😀".repeat(59) + "…\n");
    }

    @Test
    void shows_only_the_count_when_there_is_no_row() {
        assertThat(TextTable.of(List.of())).hasToString("(0 rows)\n");
        assertThat(TextTable.of(List.of("a"), List.of())).hasToString("a\n-\n(0 rows)\n");
    }
}
