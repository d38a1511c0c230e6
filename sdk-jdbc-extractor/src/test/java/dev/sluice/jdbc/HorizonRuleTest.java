package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.jdbc.checkpoint.Checkpoint;
import dev.sluice.jdbc.checkpoint.CheckpointException;
import dev.sluice.jdbc.checkpoint.Overtaken;
import dev.sluice.jdbc.dialect.Activity;
import dev.sluice.jdbc.dialect.SourceException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class HorizonRuleTest {
    private static final Instant NOW = Instant.parse("2025-01-01T12:00:00Z");
    private static final Checkpoint START = Checkpoint.start("public.t", "bronze.t", null);

    private final HorizonRule rule = new HorizonRule(null, null);
    private final HorizonRule capped = new HorizonRule(null, Duration.ofMinutes(10));

    @Test
    void reads_up_to_the_oldest_transaction() {
        Reach reach = rule.decide(seen(ago(5)), START);
        assertThat(reach.bound()).isEqualTo(ago(5));
        assertThat(reach.overtaken()).isNull();
    }

    @Test
    void stays_behind_by_the_lag_when_transactions_cannot_be_seen() {
        Activity blind = new Activity(NOW, ago(5), "cannot see: do this", Map.of());
        assertThat(new HorizonRule(Duration.ofMinutes(3), null)
                        .decide(blind, START)
                        .bound())
                .isEqualTo(ago(8));
        assertThatThrownBy(() -> rule.decide(blind, START))
                .isInstanceOf(SourceException.class)
                .hasMessage("cannot see: do this");
    }

    @Test
    void takes_a_prepared_transaction_to_have_begun_at_the_last_horizon_before_it_was_seen() {
        Checkpoint before = START.passed(ago(30));
        Reach first = rule.decide(prepared(ago(20)), before);
        assertThat(first.bound()).isEqualTo(ago(30));
        Checkpoint later = first.begun(before, false).passed(ago(30)).passed(ago(1));
        assertThat(rule.decide(prepared(ago(20)), later).bound()).isEqualTo(ago(30));
    }

    @Test
    void forgets_a_prepared_transaction_when_it_is_gone() {
        Checkpoint before = START.passed(ago(30));
        Checkpoint known = rule.decide(prepared(ago(20)), before).begun(before, false);
        Reach after = rule.decide(seen(NOW), known);
        assertThat(after.bound()).isEqualTo(NOW);
        assertThat(after.begun(known, false).prepared()).isEmpty();
    }

    @Test
    void takes_a_prepared_transaction_for_another_one_when_its_name_was_used_again() {
        Checkpoint before = START.passed(ago(30));
        Checkpoint known =
                rule.decide(prepared(ago(20)), before).begun(before, false).passed(ago(10));
        assertThat(rule.decide(prepared(ago(5)), known).bound()).isEqualTo(ago(10));
    }

    @Test
    void refuses_a_prepared_transaction_in_the_first_pass_and_names_both_ways_out() {
        assertThatThrownBy(() -> rule.decide(prepared(ago(20)), START))
                .hasMessageContaining("COMMIT PREPARED or ROLLBACK PREPARED")
                .hasMessageContaining("horizon lag");
    }

    @Test
    void stays_behind_a_prepared_transaction_by_the_lag_in_the_first_pass() {
        HorizonRule lagging = new HorizonRule(Duration.ofMinutes(3), null);
        assertThat(lagging.decide(prepared(ago(20)), START).bound()).isEqualTo(ago(23));
    }

    @Test
    void takes_a_prepared_transaction_to_have_begun_with_what_was_overtaken() {
        Checkpoint overtaken = after(new Overtaken(ago(40).toString(), ago(10).toString()), ago(10));
        assertThat(rule.decide(prepared(ago(2)), overtaken).bound()).isEqualTo(ago(40));
    }

    @Test
    void overtakes_a_transaction_that_lasts_longer_than_allowed() {
        Reach reach = capped.decide(seen(ago(30)), START);
        assertThat(reach.overtakes()).isTrue();
        assertThat(reach.horizon()).isEqualTo(ago(30));
        assertThat(reach.bound()).isEqualTo(ago(10));
        assertThat(reach.overtaken()).isEqualTo(overtaken(30, 10));
    }

    @Test
    void waits_for_a_transaction_that_does_not_last_too_long() {
        Reach reach = capped.decide(seen(ago(9)), START);
        assertThat(reach.overtakes()).isFalse();
        assertThat(reach.bound()).isEqualTo(ago(9));
        assertThat(reach.overtaken()).isNull();
    }

    @Test
    void keeps_the_beginning_when_it_overtakes_further() {
        Reach reach = capped.decide(seen(ago(50)), after(overtaken(50, 40), ago(40)));
        assertThat(reach.overtaken()).isEqualTo(overtaken(50, 10));
        assertThat(reach.catchesUp()).isFalse();
    }

    @Test
    void reads_again_from_the_old_horizon_and_shortens_what_is_left_when_one_of_several_ended() {
        Checkpoint before = after(overtaken(50, 40), ago(40));
        Reach reach = capped.decide(seen(ago(45)), before);
        assertThat(reach.catchesUp()).isTrue();
        assertThat(Spans.of(reach, before, false, null).again()).isEqualTo(ago(50));
        assertThat(reach.caughtUp(reach.begun(before, false)).overtaken()).isEqualTo(overtaken(45, 10));
    }

    @Test
    void has_caught_up_when_the_horizon_is_behind_all_that_was_overtaken() {
        Checkpoint before = after(overtaken(50, 40), ago(40));
        Reach reach = capped.decide(seen(ago(1)), before);
        assertThat(reach.overtaken()).isEqualTo(overtaken(50, 40));
        assertThat(reach.caughtUp(reach.begun(before, false)).overtaken()).isNull();
    }

    @Test
    void remembers_rows_from_the_horizon_on_when_it_overtakes() {
        Reach reach = capped.decide(seen(ago(30)), START);
        assertThat(Spans.of(reach, START, false, null)).isEqualTo(new Spans(null, ago(30), true));
    }

    @Test
    void looks_back_behind_the_bound_of_the_pass_before() {
        Checkpoint before = START.passed(ago(20));
        Spans spans = Spans.of(rule.decide(seen(ago(1)), before), before, false, Duration.ofMinutes(5));
        assertThat(spans).isEqualTo(new Spans(ago(25), ago(6), true));
    }

    @Test
    void goes_back_to_the_earlier_time_when_it_looks_back_and_catches_up() {
        Checkpoint before = after(overtaken(50, 10), ago(10));
        Reach reach = capped.decide(seen(ago(1)), before);
        assertThat(Spans.of(reach, before, false, Duration.ofMinutes(5)).again())
                .isEqualTo(ago(55));
        assertThat(Spans.of(
                                rule.decide(seen(ago(60)), START.passed(ago(70))),
                                START.passed(ago(70)),
                                false,
                                Duration.ofMinutes(5))
                        .again())
                .isEqualTo(ago(75));
    }

    @Test
    void remembers_the_first_horizon_before_anything_is_read_when_it_looks_back() {
        assertThat(rule.decide(seen(ago(5)), START).begun(START, true).horizon())
                .isEqualTo(ago(5).toString());
        assertThat(rule.decide(seen(ago(5)), START).begun(START, false).horizon())
                .isNull();
    }

    @Test
    void refuses_a_checkpoint_of_the_future() {
        Checkpoint future = START.passed(NOW.plusSeconds(1));
        assertThatThrownBy(() -> rule.decide(seen(NOW), future)).isInstanceOf(CheckpointException.class);
    }

    private static Instant ago(int minutes) {
        return NOW.minus(Duration.ofMinutes(minutes));
    }

    private static Activity seen(Instant oldest) {
        return new Activity(NOW, oldest, null, Map.of());
    }

    private static Activity prepared(Instant when) {
        return new Activity(NOW, NOW, null, Map.of("p1", when));
    }

    private static Overtaken overtaken(int from, int to) {
        return new Overtaken(ago(from).toString(), ago(to).toString());
    }

    private static Checkpoint after(@Nullable Overtaken overtaken, Instant horizon) {
        return START.passed(horizon).change().overtaken(overtaken).build();
    }
}
