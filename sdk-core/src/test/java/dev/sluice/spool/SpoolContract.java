package dev.sluice.spool;

import static dev.sluice.spool.Samples.TABLE;
import static dev.sluice.spool.Samples.batch;
import static dev.sluice.spool.Samples.letter;
import static dev.sluice.spool.Samples.told;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.batch.Batch;
import dev.sluice.batch.BatchId;
import dev.sluice.receipt.DeadLetterStore;
import dev.sluice.row.Destination;
import java.time.Duration;
import java.util.List;
import java.util.NoSuchElementException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every spool does. */
abstract class SpoolContract {
    private static final long PLENTY = 1_000_000;
    private static final Span ALL = new Span(0, 4);

    final HandClock clock = new HandClock();
    Spool spool;

    /** An empty one. */
    abstract Spool open(long maxBytes);

    @BeforeEach
    void open() {
        spool = open(PLENTY);
    }

    @AfterEach
    void close() {
        spool.close();
    }

    private List<BatchId> put(String... ids) {
        return spool.put(List.of(ids).stream().map(Samples::batch).toList(), true);
    }

    private Spool.Claim claim() {
        return spool.claim(TABLE).orElseThrow();
    }

    private boolean end(Spool.Claim claim) {
        return spool.end(claim.lease(), ALL, null);
    }

    private static BatchId id(String id) {
        return new BatchId(id);
    }

    @Test
    void hands_out_what_was_taken_in_to_the_byte() {
        Destination to =
                Destination.merge("silver.customers", "id").tag("run", "7 ä\"").tag("empty", "");
        Batch whole = batch("x:1", to, 9, 2);
        spool.put(List.of(whole), false);
        assertThat(told(spool.claim("silver.customers").orElseThrow().batch())).isEqualTo(told(whole));
    }

    @Test
    void hands_out_a_piece_of_a_batch_as_a_batch_of_its_own() {
        Batch half = batch("a").split().get(1);
        spool.put(List.of(half), false);
        Batch back = claim().batch();
        assertThat(told(back)).isEqualTo(told(half));
    }

    @Test
    void takes_a_batch_in_once_while_it_is_pending_or_in_flight_or_remembered() {
        assertThat(put("a", "b")).containsExactly(id("a"), id("b"));
        assertThat(put("b", "c", "a")).containsExactly(id("c"));
        Spool.Claim claim = claim();
        assertThat(put("a")).isEmpty();
        end(claim);
        assertThat(put("a")).isEmpty();
        assertThat(spool.backlog()).containsExactly(new Spool.Backlog(TABLE, 2, 8));
    }

    @Test
    void takes_a_batch_in_once_when_it_comes_twice_in_one_put() {
        assertThat(put("a", "b", "a")).containsExactly(id("a"), id("b"));
        assertThat(spool.backlog()).containsExactly(new Spool.Backlog(TABLE, 2, 8));
    }

    @Test
    void takes_in_all_or_none() {
        spool.close();
        spool = open(batch("a").bytes() * 2L);
        put("a");
        assertThatThrownBy(() -> put("b", "c")).isInstanceOf(SpoolException.Full.class);
        assertThat(spool.knows(id("b"))).isFalse();
        assertThat(spool.backlog()).containsExactly(new Spool.Backlog(TABLE, 1, 4));
        assertThat(put("b")).containsExactly(id("b"));
    }

    @Test
    void hands_out_the_oldest_of_a_table_first_and_no_other_tables() {
        spool.put(List.of(batch("a"), batch("z", "bronze.other", 1), batch("b")), false);
        assertThat(claim().batch().id()).isEqualTo(id("a"));
        assertThat(claim().batch().id()).isEqualTo(id("b"));
        assertThat(spool.claim(TABLE)).isEmpty();
        assertThat(spool.claim("bronze.none")).isEmpty();
        assertThat(spool.claim("bronze.other").orElseThrow().batch().id()).isEqualTo(id("z"));
    }

    @Test
    void tells_what_the_next_claim_takes() {
        assertThat(spool.next(TABLE)).isEmpty();
        spool.put(List.of(batch("a"), batch("b", TABLE, 9)), false);
        assertThat(spool.next(TABLE)).contains(size(batch("a")));
        claim();
        assertThat(spool.next(TABLE)).contains(size(batch("b", TABLE, 9)));
        assertThat(spool.next("bronze.other")).isEmpty();
    }

    private static Spool.Size size(Batch batch) {
        return new Spool.Size(batch.rows(), batch.bytes());
    }

    @Test
    void tells_in_a_claim_which_pieces_have_ended_and_which_is_in_doubt() {
        put("a");
        Spool.Lease lease = claim().lease();
        assertThat(spool.end(lease, new Span(2, 1), null)).isTrue();
        assertThat(spool.end(lease, new Span(0, 1), null)).isTrue();
        assertThat(spool.attempting(lease, new Span(3, 1))).isTrue();
        spool.release(lease);
        Spool.Claim again = claim();
        assertThat(again.ended()).containsExactly(new Span(0, 1), new Span(2, 1));
        assertThat(again.doubt()).isEqualTo(new Span(3, 1));
        assertThat(told(again.batch())).isEqualTo(told(batch("a")));
        assertThat(spool.backlog()).containsExactly(new Spool.Backlog(TABLE, 1, 2));
    }

    @Test
    void is_in_no_doubt_when_a_piece_has_ended_or_none_is_attempted_any_more() {
        put("a");
        Spool.Lease lease = claim().lease();
        spool.attempting(lease, new Span(0, 2));
        spool.end(lease, new Span(0, 2), null);
        spool.release(lease);
        Spool.Claim second = claim();
        assertThat(second.doubt()).isNull();
        spool.attempting(second.lease(), new Span(2, 2));
        spool.attempting(second.lease(), null);
        spool.release(second.lease());
        assertThat(claim().doubt()).isNull();
    }

    @Test
    void stays_in_doubt_of_a_piece_when_another_one_ends() {
        put("a");
        Spool.Lease lease = claim().lease();
        spool.attempting(lease, new Span(2, 2));
        spool.end(lease, new Span(1, 1), null);
        spool.release(lease);
        Spool.Claim second = claim();
        assertThat(second.doubt()).isEqualTo(new Span(2, 2));
        spool.end(second.lease(), new Span(3, 1), null);
        spool.release(second.lease());
        assertThat(claim().doubt()).isNull();
    }

    @Test
    void lets_a_batch_go_with_its_last_piece() {
        put("a");
        Spool.Lease lease = claim().lease();
        spool.end(lease, new Span(1, 3), null);
        assertThat(spool.backlog()).containsExactly(new Spool.Backlog(TABLE, 1, 1));
        spool.end(lease, new Span(0, 1), null);
        assertThat(spool.backlog()).isEmpty();
        assertThat(spool.claim(TABLE)).isEmpty();
        assertThat(spool.end(lease, new Span(0, 1), null)).isFalse();
    }

    @Test
    void ends_no_row_twice_for_that_would_lose_others() {
        put("a");
        Spool.Lease lease = claim().lease();
        spool.end(lease, new Span(0, 2), null);
        for (Span wrong : List.of(new Span(0, 2), new Span(1, 2), new Span(0, 4), new Span(2, 3), new Span(4, 1))) {
            assertThatThrownBy(() -> spool.end(lease, wrong, letter(batch("a"))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("batch a");
        }
        assertThat(spool.backlog()).containsExactly(new Spool.Backlog(TABLE, 1, 2));
        assertThat(spool.deadLetters().list()).isEmpty();
    }

    @Test
    void remembers_a_batch_that_is_gone_until_it_is_told_to_forget() {
        put("a");
        end(claim());
        assertThat(spool.knows(id("a"))).isTrue();
        spool.forget(id("a"));
        assertThat(spool.knows(id("a"))).isFalse();
        assertThat(put("a")).containsExactly(id("a"));
    }

    @Test
    void remembers_only_what_it_was_asked_to() {
        spool.put(List.of(batch("a")), false);
        assertThat(spool.knows(id("a"))).isTrue();
        end(claim());
        assertThat(spool.knows(id("a"))).isFalse();
    }

    @Test
    void leaves_no_tombstone_of_a_batch_that_was_forgotten_while_it_waited() {
        put("a", "b");
        spool.forget(id("a"));
        assertThat(spool.knows(id("a"))).isTrue();
        end(claim());
        assertThat(spool.knows(id("a"))).isFalse();
        end(claim());
        assertThat(spool.knows(id("b"))).isTrue();
        spool.forget(id("never-seen"));
    }

    @Test
    void gives_a_batch_back_in_its_old_place() {
        put("a", "b");
        Spool.Claim claim = claim();
        spool.release(claim.lease());
        Spool.Claim again = claim();
        assertThat(told(again.batch())).isEqualTo(told(claim.batch()));
        assertThat(again.lease()).isNotEqualTo(claim.lease());
        assertThat(claim().batch().id()).isEqualTo(id("b"));
    }

    @Test
    void changes_nothing_under_a_lease_that_has_ended_and_says_so() {
        put("a");
        Spool.Lease old = claim().lease();
        spool.release(old);
        assertUseless(old);
        Spool.Claim now = claim();
        assertUseless(old);
        assertThat(now.doubt()).isNull();
        assertThat(spool.claim(TABLE)).isEmpty();
        assertThat(end(now)).isTrue();
        assertUseless(now.lease());
    }

    private void assertUseless(Spool.Lease lease) {
        assertThat(spool.end(lease, ALL, letter(batch("a")))).isFalse();
        assertThat(spool.attempting(lease, ALL)).isFalse();
        spool.release(lease);
        spool.renew(List.of(lease));
        assertThat(spool.deadLetters().list()).isEmpty();
    }

    @Test
    void takes_a_lease_back_after_ten_minutes_and_not_before() {
        put("a", "b");
        Spool.Claim stuck = claim();
        spool.attempting(stuck.lease(), new Span(1, 2));
        clock.advance(Duration.ofMinutes(10).minusMillis(1));
        assertThat(spool.reclaim()).isEmpty();
        clock.advance(Duration.ofMillis(1));
        assertThat(spool.reclaim()).containsExactly(stuck.lease());
        assertThat(spool.reclaim()).isEmpty();
        assertUseless(stuck.lease());
        Spool.Claim again = claim();
        assertThat(told(again)).isEqualTo(told(stuck.batch()) + " ended [] doubt " + new Span(1, 2));
    }

    @Test
    void takes_no_lease_back_that_is_renewed_or_attempted_under() {
        put("a", "b", "c");
        Spool.Lease renewed = claim().lease();
        Spool.Lease attempted = claim().lease();
        Spool.Lease stuck = claim().lease();
        clock.advance(Duration.ofMinutes(6));
        spool.renew(List.of(renewed));
        spool.attempting(attempted, null);
        clock.advance(Duration.ofMinutes(4));
        assertThat(spool.reclaim()).containsExactly(stuck);
        spool.renew(List.of());
        clock.advance(Duration.ofMinutes(6));
        assertThat(spool.reclaim()).containsExactly(renewed, attempted);
    }

    @Test
    void is_full_at_its_bound_and_tells_the_numbers() {
        long one = batch("a").bytes();
        spool.close();
        spool = open(one * 2 + 1);
        put("a", "b");
        assertThatThrownBy(() -> put("c"))
                .isInstanceOf(SpoolException.Full.class)
                .hasMessageContaining(Long.toString(one * 2))
                .hasMessageContaining(Long.toString(one))
                .hasMessageContaining(Long.toString(one * 2 + 1));
        assertThat(put("a")).isEmpty();
        end(claim());
        assertThat(put("c")).containsExactly(id("c"));
    }

    @Test
    void has_no_room_where_dead_letters_are_until_they_are_removed() {
        spool.close();
        spool = open(batch("a").bytes());
        put("a");
        spool.end(claim().lease(), ALL, letter(batch("a")));
        assertThatThrownBy(() -> put("b")).isInstanceOf(SpoolException.Full.class);
        DeadLetterStore letters = spool.deadLetters();
        letters.remove(letters.list().get(0).name());
        assertThat(put("b")).containsExactly(id("b"));
    }

    @Test
    void has_as_much_room_as_before_when_a_put_failed() {
        spool.close();
        spool = open(batch("a").bytes());
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> put("a", "b")).isInstanceOf(SpoolException.Full.class);
        }
        assertThat(put("a")).containsExactly(id("a"));
    }

    @Test
    void keeps_dead_letters_with_all_that_is_known_of_them() {
        Destination merge = Destination.merge("silver.c", "id").tag("b", "2").tag("a", "1");
        DeadLetterStore letters = spool.deadLetters();
        letters.keep(letter(batch("m", merge, 3, 1)));
        letters.keep(letter(batch("n").split().get(1), null));
        List<DeadLetterStore.Entry> all = letters.list();
        assertThat(all).extracting(entry -> entry.batch().value()).containsExactly("m", "n.1");
        assertThat(all.get(0).destination()).hasToString("merge into silver.c by id");
        assertThat(all.get(0).destination().tags()).isEqualTo(merge.tags());
        assertThat(all.get(1).requestId()).isNull();
        assertThat(all.get(1).rows()).isEqualTo(2);
        assertThat(told(letters.read(all.get(0).name()))).isEqualTo(told(letter(batch("m", merge, 3, 1))));
        assertThat(told(letters.read(all.get(1).name())))
                .isEqualTo(told(letter(batch("n").split().get(1), null)));
    }

    @Test
    void removes_a_dead_letter_by_its_name_and_never_names_another_like_it() {
        DeadLetterStore letters = spool.deadLetters();
        letters.keep(letter(batch("a")));
        String name = letters.list().get(0).name();
        letters.remove("no number");
        letters.remove("99");
        assertThat(letters.list()).hasSize(1);
        letters.remove(name);
        letters.remove(name);
        assertThat(letters.list()).isEmpty();
        for (String none : List.of(name, "no number")) {
            assertThatThrownBy(() -> letters.read(none))
                    .isInstanceOf(NoSuchElementException.class)
                    .hasMessageContaining(none);
        }
        letters.keep(letter(batch("b")));
        assertThat(letters.list().get(0).name()).isNotEqualTo(name);
    }

    @Test
    void keeps_a_letter_in_the_step_in_which_its_piece_ends() {
        put("a");
        Spool.Lease lease = claim().lease();
        assertThat(spool.end(lease, new Span(0, 2), letter(batch("a").split().get(0))))
                .isTrue();
        assertThat(spool.deadLetters().list()).hasSize(1);
        assertThat(spool.backlog()).containsExactly(new Spool.Backlog(TABLE, 1, 2));
    }

    @Test
    void fails_by_name_when_it_is_used_after_close() {
        put("a");
        Spool.Lease lease = claim().lease();
        DeadLetterStore letters = spool.deadLetters();
        spool.close();
        spool.close();
        List<ThrowingCallable> uses = List.of(
                () -> put("b"),
                () -> spool.knows(id("a")),
                () -> spool.forget(id("a")),
                () -> spool.backlog(),
                () -> spool.next(TABLE),
                () -> spool.claim(TABLE),
                () -> spool.renew(List.of(lease)),
                () -> spool.reclaim(),
                () -> spool.attempting(lease, null),
                () -> spool.end(lease, ALL, null),
                () -> spool.release(lease),
                () -> letters.keep(letter(batch("a"))),
                () -> letters.list(),
                () -> letters.read("1"),
                () -> letters.remove("1"));
        assertThat(uses)
                .allSatisfy(use -> assertThatThrownBy(use)
                        .isInstanceOf(SpoolException.class)
                        .hasMessageContaining("closed"));
    }
}
