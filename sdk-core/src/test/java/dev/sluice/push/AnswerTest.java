package dev.sluice.push;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.batch.BatchId;
import dev.sluice.row.ChangeType;
import dev.sluice.row.ChangedRow;
import dev.sluice.row.Row;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class AnswerTest {
    private static PushBatch batch(int rows) {
        List<ChangedRow> all = LongStream.rangeClosed(1, rows)
                .mapToObj(id -> new ChangedRow(id, ChangeType.INSERT, Row.json("{}")))
                .toList();
        return new PushBatch(BatchId.random(), 1, all);
    }

    private static String problem(Answer answer) {
        return ((Answer.Failed) answer).problem();
    }

    @Test
    void has_the_outcomes_in_the_order_of_the_rows() {
        Map<String, RowOutcome> given = new HashMap<>();
        given.put("2:insert", RowOutcome.error("x"));
        given.put("1:insert", RowOutcome.ok());
        assertThat(Answer.of(batch(2), given, true))
                .isEqualTo(new Answer.Each(List.of(RowOutcome.ok(), RowOutcome.error("x"))));
    }

    @Test
    void ignores_keys_that_no_row_has() {
        Map<String, RowOutcome> given =
                Map.of("1:insert", RowOutcome.ok(), "1:delete", RowOutcome.error("x"), "odd", RowOutcome.reject("x"));
        assertThat(Answer.of(batch(1), given, true)).isEqualTo(new Answer.Each(List.of(RowOutcome.ok())));
    }

    @Test
    void fails_as_a_whole_when_a_key_is_missing_and_names_it() {
        assertThat(problem(Answer.of(batch(2), Map.of("1:insert", RowOutcome.ok()), true)))
                .contains("1 of 2 rows (2:insert)")
                .contains("\"rowid:change_type\"");
        assertThat(problem(
                        Answer.of(batch(2), Map.of("1: insert", RowOutcome.ok(), "2:insert", RowOutcome.ok()), true)))
                .contains("(1:insert)");
    }

    @Test
    void names_the_first_missing_keys_and_counts_the_others() {
        assertThat(problem(Answer.of(batch(6), Map.of("3:insert", RowOutcome.ok()), true)))
                .contains("5 of 6 rows (1:insert, 2:insert, 4:insert, +2 more)");
    }

    @Test
    void takes_a_null_outcome_for_a_missing_one() {
        Map<String, RowOutcome> given = new HashMap<>();
        given.put("1:insert", null);
        assertThat(problem(Answer.of(batch(1), given, true))).contains("1 of 1 rows (1:insert)");
    }

    @Test
    void fails_as_a_whole_when_nothing_was_given() {
        assertThat(problem(Answer.of(batch(3), null, true))).contains("no statuses for 3 rows");
        assertThat(problem(Answer.of(batch(3), Map.of(), true))).contains("no statuses for 3 rows");
    }
}
