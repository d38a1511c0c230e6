package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.batch.BatchId;
import dev.sluice.batch.BatchPolicy;
import dev.sluice.row.Row;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An id names rows: the same rows have it again, and no others. */
final class PushIdTest extends PushTest {
    private static final BatchId NAME = new BatchId("nightly");

    @Test
    void names_the_same_rows_the_same_when_they_are_pushed_again() {
        settings.batches(new BatchPolicy(2, 1_000));
        push(append(5).id(NAME));
        push(append(5).id(NAME));
        assertThat(transport.ids().subList(3, 6)).isEqualTo(transport.ids().subList(0, 3));
        assertThat(transport.ids().subList(0, 3)).doesNotHaveDuplicates();
    }

    @Test
    void names_other_rows_otherwise_when_they_are_cut_otherwise() {
        settings.batches(new BatchPolicy(2, 1_000));
        push(append(5).id(NAME));
        settings.batches(new BatchPolicy(4, 1_000));
        push(append(5).id(NAME));
        List<String> first = new ArrayList<>(transport.ids().subList(0, 2));
        assertThat(transport.ids().subList(3, 5)).doesNotContainAnyElementsOf(first);
    }

    @Test
    void tells_tables_apart_when_the_name_is_one() {
        push(append(1).id(NAME));
        push(PushRequest.append("other.table").rows(List.of(Row.json(json(0)))).id(NAME));
        assertThat(transport.ids()).hasSize(2).doesNotHaveDuplicates();
    }

    @Test
    void tells_equal_batches_of_one_push_apart() {
        settings.batches(new BatchPolicy(1, 1_000));
        push(PushRequest.append("a.b")
                .rows(Collections.nCopies(3, Row.json(json(0))))
                .id(NAME));
        assertThat(transport.ids()).hasSize(3).doesNotHaveDuplicates();
    }
}
