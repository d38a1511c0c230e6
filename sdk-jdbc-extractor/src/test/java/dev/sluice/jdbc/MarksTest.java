package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jdbc.checkpoint.Mark;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class MarksTest {
    private static final Instant START = Instant.parse("2025-01-01T12:00:00Z");

    @Test
    void keeps_the_earlier_time_when_the_value_is_the_same() {
        List<Mark> marks = List.of(mark(1));
        assertThat(Marks.with(marks, new Mark(at(9).toString(), mark(1).value())))
                .isEqualTo(marks);
        assertThat(Marks.with(marks, mark(2))).containsExactly(mark(1), mark(2));
    }

    @Test
    void finds_the_newest_before_a_time_and_none_of_that_time() {
        List<Mark> marks = List.of(mark(1), mark(2), mark(3));
        assertThat(Marks.before(marks, at(3))).contains(mark(2));
        assertThat(Marks.before(marks, at(1))).isEmpty();
    }

    @Test
    void drops_what_lies_before_the_one_that_is_needed() {
        List<Mark> marks = List.of(mark(1), mark(2), mark(3), mark(4));
        assertThat(Marks.kept(marks, at(4))).containsExactly(mark(3), mark(4));
        assertThat(Marks.kept(marks, at(1))).isEqualTo(marks);
    }

    @Test
    void keeps_a_few_spread_over_the_time_when_there_are_many() {
        List<Mark> marks = List.of(mark(0));
        for (int i = 1; i <= 1_000; i++) {
            marks = Marks.kept(Marks.with(marks, mark(i)), at(1));
        }
        assertThat(marks).hasSize(Marks.MOST).startsWith(mark(0)).endsWith(mark(1_000));
        List<Mark> spread = marks;
        assertThat(IntStream.range(1, spread.size()))
                .allMatch(i -> Instant.parse(spread.get(i).time()).getEpochSecond()
                                - Instant.parse(spread.get(i - 1).time()).getEpochSecond()
                        < 400);
    }

    private static Instant at(int second) {
        return START.plusSeconds(second);
    }

    private static Mark mark(int second) {
        return new Mark(at(second).toString(), "v" + second);
    }
}
