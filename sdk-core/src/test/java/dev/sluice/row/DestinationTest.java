package dev.sluice.row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DestinationTest {
    @ParameterizedTest
    @ValueSource(strings = {"bronze.events", "a.b", "Ä-1.$b", "a/b.c"})
    void takes_schema_and_table(String table) {
        assertThat(Destination.append(table).table()).isEqualTo(table);
        assertThat(Destination.merge(table, "id").table()).isEqualTo(table);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "events", "a.b.c", ".b", "a.", "a b.c", "\"a\".b", "a'.b", "a.b\n", "a\u0000.b"})
    void refuses_what_is_no_table(String table) {
        assertThatThrownBy(() -> Destination.append(table)).hasMessageContaining("schema.table");
        assertThatThrownBy(() -> Destination.merge(table, "id")).hasMessageContaining("schema.table");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\t"})
    void refuses_a_merge_without_a_key(String key) {
        assertThatThrownBy(() -> Destination.merge("a.b", key)).hasMessageContaining("key column");
    }

    @Test
    void refuses_composite_keys_and_says_what_to_do() {
        assertThatThrownBy(() -> Destination.merge("a.b", "country", "id"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("merge into a.b by (country, id)")
                .hasMessageContaining("the Stream API v2 takes exactly one primary key column")
                .hasMessageContaining("add a column to the rows that joins these");
    }

    @Test
    void refuses_a_merge_by_no_column() {
        assertThatThrownBy(() -> Destination.merge("a.b"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("exactly one primary key column");
    }

    @Test
    void refuses_text_that_cannot_be_sent() {
        assertThatThrownBy(() -> Destination.append("a.\uD800")).hasMessageContaining("surrogate");
        assertThatThrownBy(() -> Destination.merge("a.b", "\uD800")).hasMessageContaining("surrogate");
        assertThatThrownBy(() -> Destination.append("a.b").tag("\uD800", "")).hasMessageContaining("surrogate");
        assertThatThrownBy(() -> Destination.append("a.b").tag("", "\uD800")).hasMessageContaining("surrogate");
    }

    @Test
    void adds_tags_without_changing_itself() {
        Destination plain = Destination.merge("a.b", "id");
        Destination tagged = plain.tag("x", "1").tag("y", "2").tag("x", "3");
        assertThat(plain.tags()).isEmpty();
        assertThat(tagged.tags()).containsOnly(java.util.Map.entry("x", "3"), java.util.Map.entry("y", "2"));
        assertThat(tagged.key()).contains("id");
        assertThat(tagged.mode()).isEqualTo(WriteMode.MERGE);
    }

    @Test
    void refuses_the_tag_that_the_batch_id_travels_under() {
        assertThatThrownBy(() -> Destination.append("a.b").tag("batch_id", "mine"))
                .hasMessageContaining("batch_id");
    }

    @Test
    void takes_as_many_characters_of_tags_as_fit_beside_the_rows() {
        Destination full = Destination.append("a.b").tag("n", "x".repeat(Destination.MAX_TAG_CHARS - 1));
        assertThat(full.tags()).hasSize(1);
        assertThatThrownBy(() -> full.tag("m", "")).hasMessageContaining("8193 characters, at most 8192");
    }

    @Test
    void reads_as_what_it_does() {
        assertThat(Destination.append("a.b")).hasToString("append to a.b");
        assertThat(Destination.merge("a.b", "id")).hasToString("merge into a.b by id");
    }
}
