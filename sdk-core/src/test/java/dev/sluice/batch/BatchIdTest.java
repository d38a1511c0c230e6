package dev.sluice.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BatchIdTest {
    private static final String LONGEST = "x".repeat(200);

    @ParameterizedTest
    @ValueSource(strings = {"a", "A-Z.0_9:b"})
    void takes_letters_digits_and_four_marks(String value) {
        assertThat(new BatchId(value)).hasToString(value);
        assertThat(new BatchId(LONGEST).value()).hasSize(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "a/b", "é", "a\n", "a\r\nX-Header: 1", "\""})
    void refuses_everything_else(String value) {
        assertThatThrownBy(() -> new BatchId(value)).hasMessageContaining("found " + value.length() + " characters");
        assertThatThrownBy(() -> new BatchId(LONGEST + "x")).hasMessageContaining("found 201 characters");
    }

    @Test
    void is_another_one_each_time_when_random() {
        assertThat(BatchId.random()).isNotEqualTo(BatchId.random());
    }

    @Test
    void follows_from_its_parts_when_derived() {
        assertThat(BatchId.derived("a", "é", "")).isEqualTo(BatchId.derived("a", "é", ""));
        assertThat(BatchId.derived("ab", "c")).isNotEqualTo(BatchId.derived("a", "bc"));
        assertThat(BatchId.derived("a", "")).isNotEqualTo(BatchId.derived("a"));
        assertThat(BatchId.derived("a", "b")).isNotEqualTo(BatchId.derived("b", "a"));
    }

    @Test
    void stays_the_same_over_releases_when_derived() {
        assertThat(BatchId.derived("epoch", "bronze.events")).hasToString("6247d929accaeb3032a6f8bcd18da9b9");
    }

    @Test
    void names_its_parts() {
        assertThat(new BatchId("x").part(0).part(12)).hasToString("x.0.12");
    }

    @Test
    void names_parts_even_when_it_is_as_long_as_ids_may_be() {
        BatchId longest = new BatchId(LONGEST);
        assertThat(longest.part(0)).isEqualTo(longest.part(0)).isNotEqualTo(longest.part(1));
        assertThat(new BatchId("x".repeat(198)).part(1).value()).isEqualTo("x".repeat(198) + ".1");
    }
}
