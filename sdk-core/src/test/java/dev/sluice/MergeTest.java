package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.batch.BatchPolicy;
import dev.sluice.receipt.Receipt;
import dev.sluice.row.InvalidRowException;
import dev.sluice.row.Row;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MergeTest extends PushTest {
    @Test
    void sends_only_the_last_row_of_each_key() {
        Receipt receipt = push(merge("{\"id\":1,\"v\":1}", "{\"id\":2}", "{\"id\":1.0,\"v\":2}", "{\"id\":\"1\"}"));
        assertThat(transport.bodies()).containsExactly("{\"id\":2},{\"id\":1.0,\"v\":2},{\"id\":\"1\"}");
        assertThat(receipt.submitted()).isEqualTo(4);
        assertThat(receipt.superseded()).isEqualTo(1);
        assertThat(receipt.delivered()).isEqualTo(3);
    }

    @Test
    void keeps_every_row_when_rows_are_appended() {
        List<Row> same = List.of(Row.json(json(1)), Row.json(json(1)));
        assertThat(push(PushRequest.append(TABLE).rows(same)).delivered()).isEqualTo(2);
    }

    @Test
    void names_places_among_the_rows_handed_in_when_some_were_superseded() {
        settings.batches(new BatchPolicy(2, 1_000));
        Receipt receipt = push(merge(ids(7, 7, 1, 2, 1, 3, 4)));
        assertThat(transport.bodies()).containsExactly("{\"id\":7},{\"id\":2}", "{\"id\":1},{\"id\":3}", "{\"id\":4}");
        assertThat(receipt.parts()).extracting(Receipt.Part::firstRow).containsExactly(1, 4, 6);
    }

    @Test
    void names_the_place_of_a_bad_row_when_some_were_superseded() {
        keepDeadLetters();
        transport.answer(batch -> holds(batch, json(3)) ? Replies.refused(400) : Replies.allWritten(batch));
        Receipt receipt = push(merge(ids(7, 7, 1, 2, 1, 3, 4)));
        assertThat(receipt.firstProblem()).map(Receipt.Part::firstRow).contains(5);
        assertThat(receipt.dead()).isEqualTo(1);
        assertThat(receipt.superseded()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"other\":1}", "{\"id\":null}", "{\"id\":{}}", "{\"id\":[1]}", "{\"id\":1e99999999999}"})
    void names_row_and_key_when_a_key_cannot_be_one(String bad) {
        assertThatThrownBy(() -> push(merge("{\"id\":1}", "{\"id\":2}", bad)))
                .isInstanceOf(InvalidRowException.class)
                .hasMessageStartingWith("row 2, field id: ");
        assertThat(transport.sent()).isEmpty();
    }

    @Test
    void sends_nothing_when_a_later_row_is_invalid() {
        settings.batches(new BatchPolicy(1, 1_000));
        Map<String, Object> bad = new HashMap<>(Map.of("price", Double.NaN));
        PushRequest request = PushRequest.append(TABLE).rows(List.of(Map.of("a", 1), Map.of("a", 2), bad));
        assertThatThrownBy(() -> push(request))
                .isInstanceOfSatisfying(
                        InvalidRowException.class, e -> assertThat(e.index()).isEqualTo(2))
                .hasMessageContaining("row 2, field price");
        assertThat(transport.sent()).isEmpty();
    }

    @Test
    void sends_nothing_when_a_row_is_longer_than_a_request_may_be() {
        Map<String, String> row = new HashMap<>();
        Stream.iterate(0, i -> i + 1).limit(11).forEach(i -> row.put("f" + i, "x".repeat(950_000)));
        assertThatThrownBy(() -> push(PushRequest.append(TABLE).rows(List.of(Map.of("a", 1), row))))
                .isInstanceOf(InvalidRowException.class)
                .hasMessageContaining("row 1: has ");
        assertThat(transport.sent()).isEmpty();
    }

    private static PushRequest merge(String... rows) {
        return PushRequest.merge(TABLE, "id")
                .rows(Stream.of(rows).map(Row::json).toList());
    }

    private static String[] ids(int... ids) {
        return java.util.Arrays.stream(ids).mapToObj(PushTest::json).toArray(String[]::new);
    }
}
