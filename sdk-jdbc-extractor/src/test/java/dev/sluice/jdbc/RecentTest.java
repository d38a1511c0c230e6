package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class RecentTest {
    private static final Instant NOON = Instant.parse("2025-01-01T12:00:00Z");

    private final Recent empty = new Recent(Map.of());

    @Test
    void knows_a_row_when_it_was_sent_as_it_is() {
        Recent recent = empty.with(Map.of("a", "one"), true, false);
        assertThat(recent.has("a", "one")).isTrue();
        assertThat(recent.has("a", "on")).isFalse();
        assertThat(recent.has("a", "two")).isFalse();
        assertThat(recent.has("b", "one")).isFalse();
    }

    @Test
    void forgets_what_was_sent_before_when_the_row_is_sent_again() {
        Recent recent = empty.with(Map.of("a", "one"), true, false).with(Map.of("a", "two"), false, false);
        assertThat(recent.has("a", "one")).isFalse();
        assertThat(recent.has("a", "two")).isTrue();
    }

    @Test
    void adds_nothing_when_rows_will_not_be_read_again() {
        assertThat(empty.with(Map.of("a", "one"), false, false).entries()).isEmpty();
    }

    @Test
    void keeps_the_rows_it_has_when_there_is_no_room_for_more() {
        Map<String, String> many = new HashMap<>();
        for (int i = 0; i < Recent.CAPACITY; i++) {
            many.put("k" + i, "one");
        }
        Recent full = empty.with(many, true, false);
        Recent after = full.with(Map.of("k7", "two", "new", "one"), true, false);
        assertThat(after.entries()).hasSize(Recent.CAPACITY);
        assertThat(after.has("k7", "two")).isTrue();
        assertThat(after.has("new", "one")).isFalse();
    }

    @Test
    void drops_a_row_when_a_pass_did_not_read_it() {
        Recent recent = empty.with(Map.of("a", "one", "b", "one"), true, false);
        assertThat(recent.ended(Set.of("b"), NOON, NOON, false).entries()).containsOnlyKeys("b");
    }

    @Test
    void keeps_a_row_that_was_not_read_when_it_may_be_read_again() {
        Recent recent = empty.with(Map.of("a", "one"), true, false);
        assertThat(recent.ended(Set.of(), NOON, NOON, true).entries()).containsOnlyKeys("a");
    }

    @Test
    void keeps_a_row_whose_time_has_come_until_the_bound_has_passed_it() {
        Recent ahead = empty.with(Map.of("a", "one"), true, true);
        Recent due = ahead.ended(Set.of(), NOON.minusSeconds(1), NOON, false);
        assertThat(due.has("a", "one")).isTrue();
        assertThat(due.ended(Set.of(), NOON.minusSeconds(1), NOON.plusSeconds(60), false)
                        .has("a", "one"))
                .isTrue();
        assertThat(due.ended(Set.of(), NOON, NOON.plusSeconds(60), true).entries())
                .isEmpty();
    }

    @Test
    void is_of_the_future_for_as_long_as_it_is_read_there() {
        Recent ahead = empty.with(Map.of("a", "one"), true, true);
        assertThat(ahead.ended(Set.of("a"), NOON, NOON, false)).isEqualTo(ahead);
        assertThat(ahead.with(Map.of("a", "one"), false, false).entries()).containsEntry("a", "one");
    }
}
