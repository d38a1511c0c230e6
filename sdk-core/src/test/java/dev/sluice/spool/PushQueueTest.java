package dev.sluice.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.row.ChangeType;
import dev.sluice.row.ChangedRow;
import dev.sluice.row.Row;
import dev.sluice.spool.PushQueue.Backlog;
import dev.sluice.spool.PushQueue.Claim;
import dev.sluice.spool.PushQueue.Event;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every push queue does. */
abstract class PushQueueTest {
    static final String CRM = "crm";
    private static final String ERP = "erp";

    final HandClock clock = new HandClock();
    PushQueue queue;

    abstract PushQueue open(Clock time);

    @BeforeEach
    void open() {
        queue = open(clock);
    }

    @AfterEach
    void close() {
        queue.close();
    }

    static ChangedRow row(long id, ChangeType change) {
        return new ChangedRow(id, change, Row.json("{\"id\":" + id + ",\"change\":\"" + change.text() + "\"}"));
    }

    static ChangedRow insert(long id) {
        return row(id, ChangeType.INSERT);
    }

    static List<ChangedRow> inserts(long... ids) {
        List<ChangedRow> rows = new ArrayList<>();
        for (long id : ids) {
            rows.add(insert(id));
        }
        return rows;
    }

    Optional<Claim> claim(String target, int atMost, Set<Long> except) {
        return queue.claim(target, Long.MAX_VALUE, atMost, except);
    }

    Claim claim(int atMost) {
        return claim(CRM, atMost, Set.of()).orElseThrow();
    }

    boolean nothingToClaim() {
        return claim(CRM, 100, Set.of()).isEmpty();
    }

    static List<Long> ids(Claim claim) {
        return claim.events().stream().map(event -> event.row().rowId()).toList();
    }

    static List<String> keys(List<Event> events) {
        return events.stream().map(event -> event.row().key()).toList();
    }

    /** All there is to know of events. */
    static List<String> told(List<Event> events) {
        return events.stream()
                .map(event -> event.sequence() + " " + event.row().key() + " "
                        + new String(event.row().row().toBytes(), StandardCharsets.UTF_8))
                .toList();
    }

    static long sequence(Claim claim, int index) {
        return claim.events().get(index).sequence();
    }

    private static List<Long> all(Claim claim) {
        return claim.events().stream().map(Event::sequence).toList();
    }

    @Test
    void hands_out_what_was_put_in_its_order_and_to_the_byte() {
        ChangedRow odd = new ChangedRow(
                -7,
                ChangeType.UPDATE_PREIMAGE,
                Row.json("{ \"name\" : \"Zoë \uD83D\uDE00\", \"price\":1.50, \"n\":null}"));
        queue.put(CRM, List.of(insert(1), odd));
        queue.put(CRM, List.of(row(2, ChangeType.DELETE)));
        Claim claim = claim(10);
        assertThat(keys(claim.events())).containsExactly("1:insert", "-7:update_preimage", "2:delete");
        assertThat(claim.events().get(1).row().row().toBytes())
                .isEqualTo(odd.row().toBytes());
        assertThat(claim.job()).isNull();
        assertThat(claim.target()).isEqualTo(CRM);
    }

    @Test
    void makes_batches_of_at_most_what_is_asked_for() {
        queue.put(CRM, inserts(1, 2, 3));
        assertThat(ids(claim(2))).containsExactly(1L, 2L);
        assertThat(ids(claim(2))).containsExactly(3L);
        assertThat(nothingToClaim()).isTrue();
    }

    @Test
    void claims_nothing_and_leaves_no_trace_when_there_is_nothing() {
        assertThat(nothingToClaim()).isTrue();
        assertThat(queue.backlog()).isEmpty();
        queue.put(CRM, inserts(1));
        assertThat(ids(claim(1))).containsExactly(1L);
    }

    @Test
    void forgets_a_batch_when_it_is_settled() {
        queue.put(CRM, inserts(1, 2));
        assertThat(queue.settle(claim(2), List.of())).isTrue();
        assertThat(nothingToClaim()).isTrue();
        assertThat(queue.list(CRM)).isEmpty();
        assertThat(queue.backlog()).isEmpty();
    }

    @Test
    void puts_failed_events_back_into_their_old_place() {
        queue.put(CRM, inserts(1, 2, 3));
        Claim claim = claim(3);
        queue.put(CRM, inserts(4));
        assertThat(queue.settle(claim, List.of(sequence(claim, 0), sequence(claim, 2))))
                .isTrue();
        assertThat(ids(claim(10))).containsExactly(1L, 3L, 4L);
    }

    @Test
    void keeps_every_event_when_all_of_a_batch_failed() {
        queue.put(CRM, inserts(1, 2, 3));
        List<String> before = told(queue.list(CRM));
        Claim claim = claim(3);
        assertThat(queue.settle(claim, all(claim))).isTrue();
        assertThat(told(claim(3).events())).isEqualTo(before).isEqualTo(told(queue.list(CRM)));
    }

    @Test
    void gives_a_failed_batch_a_new_id() {
        queue.put(CRM, inserts(1));
        Claim first = claim(1);
        queue.settle(first, all(first));
        assertThat(claim(1).batch()).isNotEqualTo(first.batch());
    }

    @Test
    void refuses_to_settle_events_of_other_batches() {
        queue.put(CRM, inserts(1, 2));
        Claim one = claim(1);
        Claim two = claim(1);
        assertThatThrownBy(() -> queue.settle(one, all(two)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("event " + sequence(two, 0));
        assertThat(queue.settle(one, List.of())).isTrue();
    }

    @Test
    void says_so_and_changes_nothing_when_a_claim_has_ended() {
        queue.put(CRM, inserts(1, 2));
        Claim claim = claim(2);
        queue.settle(claim, List.of(sequence(claim, 1)));
        assertThat(queue.settle(claim, all(claim))).isFalse();
        assertThat(queue.renew(claim)).isFalse();
        assertThat(queue.saveJob(claim, "job")).isFalse();
        assertThat(queue.release(claim)).isFalse();
        assertThat(ids(claim(2))).containsExactly(2L);
    }

    @Test
    void hands_out_a_released_batch_as_it_was_before_anything_newer() {
        queue.put(CRM, inserts(1, 2));
        Claim first = claim(2);
        queue.saveJob(first, "{\"id\":9}");
        assertThat(queue.release(first)).isTrue();
        assertThat(queue.settle(first, List.of())).isFalse();
        queue.put(CRM, inserts(3));
        Claim again = claim(1);
        assertThat(again.batch()).isEqualTo(first.batch());
        assertThat(told(again.events())).isEqualTo(told(first.events()));
        assertThat(again.lease()).isNotEqualTo(first.lease());
        assertThat(again.job()).isEqualTo("{\"id\":9}");
    }

    @Test
    void saves_a_job_and_drops_it_with_its_batch() {
        queue.put(CRM, inserts(1));
        Claim claim = claim(1);
        assertThat(queue.saveJob(claim, "one")).isTrue();
        assertThat(queue.saveJob(claim, "two")).isTrue();
        queue.release(claim);
        Claim again = claim(1);
        assertThat(again.job()).isEqualTo("two");
        queue.settle(again, all(again));
        assertThat(claim(1).job()).isNull();
    }

    @Test
    void keeps_job_and_claim_when_more_is_put() {
        queue.put(CRM, inserts(1));
        Claim claim = claim(1);
        queue.saveJob(claim, "job");
        queue.put(CRM, inserts(2));
        queue.release(claim);
        Claim again = claim(10);
        assertThat(again.job()).isEqualTo("job");
        assertThat(ids(again)).containsExactly(1L);
        assertThat(ids(claim(10))).containsExactly(2L);
    }

    @Test
    void keeps_targets_apart() {
        queue.put(CRM, inserts(1));
        queue.put(ERP, inserts(1, 2));
        Claim crm = claim(10);
        assertThat(ids(crm)).containsExactly(1L);
        assertThat(ids(claim(ERP, 10, Set.of()).orElseThrow())).containsExactly(1L, 2L);
        queue.settle(crm, List.of());
        assertThat(queue.backlog()).containsExactly(new Backlog(ERP, 2, 2));
    }

    @Test
    void takes_a_stuck_claim_back_as_the_same_batch_after_ten_minutes() {
        queue.put(CRM, inserts(1, 2, 3));
        Claim stuck = claim(3);
        clock.advance(PushQueue.LEASE.minusMillis(1));
        assertThat(nothingToClaim()).isTrue();
        clock.advance(Duration.ofMillis(1));
        Claim again = claim(1);
        assertThat(again.batch()).isEqualTo(stuck.batch());
        assertThat(told(again.events())).isEqualTo(told(stuck.events()));
        assertThat(nothingToClaim()).isTrue();
        assertThat(queue.settle(stuck, List.of())).isFalse();
        assertThat(queue.settle(again, List.of())).isTrue();
    }

    @Test
    void takes_nothing_back_that_is_renewed() {
        queue.put(CRM, inserts(1));
        Claim claim = claim(1);
        clock.advance(Duration.ofMinutes(9));
        assertThat(queue.renew(claim)).isTrue();
        clock.advance(Duration.ofMinutes(9));
        assertThat(nothingToClaim()).isTrue();
        assertThat(queue.settle(claim, List.of())).isTrue();
    }

    @Test
    void takes_back_only_claims_of_the_target_that_is_asked_for() {
        queue.put(CRM, inserts(1));
        queue.put(ERP, inserts(2));
        Claim crm = claim(1);
        claim(ERP, 1, Set.of());
        clock.advance(Duration.ofMinutes(15));
        assertThat(ids(claim(ERP, 1, Set.of()).orElseThrow())).containsExactly(2L);
        assertThat(queue.settle(crm, List.of())).isTrue();
    }

    @Test
    void replaces_everything_a_target_has_and_nothing_of_others() {
        queue.put(CRM, inserts(1, 2, 3), 5);
        queue.put(ERP, inserts(1));
        Claim old = claim(2);
        queue.saveJob(old, "job");
        queue.replace(CRM, inserts(7, 8));
        assertThat(queue.settle(old, List.of())).isFalse();
        assertThat(queue.saveJob(old, "job")).isFalse();
        Claim claim = claim(10);
        assertThat(ids(claim)).containsExactly(7L, 8L);
        assertThat(claim.job()).isNull();
        assertThat(queue.list(ERP)).hasSize(1);
        assertThat(queue.offset(CRM)).isEqualTo(OptionalLong.of(5));
    }

    @Test
    void is_empty_when_everything_was_replaced_by_nothing() {
        queue.put(CRM, inserts(1, 2));
        claim(1);
        queue.replace(CRM, List.of());
        assertThat(nothingToClaim()).isTrue();
        assertThat(queue.count(CRM, Long.MAX_VALUE)).isZero();
    }

    @Test
    void lists_pending_and_claimed_events_in_their_order() {
        queue.put(CRM, inserts(3, 1, 2));
        claim(1);
        assertThat(keys(queue.list(CRM))).containsExactly("3:insert", "1:insert", "2:insert");
        assertThat(queue.backlog()).containsExactly(new Backlog(CRM, 3, 1));
        assertThat(queue.count(CRM, queue.list(CRM).get(1).sequence())).isEqualTo(2);
    }

    @Test
    void takes_the_same_offset_in_once() {
        assertThat(queue.offset(CRM)).isEmpty();
        assertThat(queue.put(CRM, inserts(1), 10)).isTrue();
        assertThat(queue.put(CRM, inserts(1), 10)).isFalse();
        assertThat(queue.put(CRM, inserts(9), 9)).isFalse();
        assertThat(queue.put(CRM, List.of(), 11)).isTrue();
        assertThat(queue.put(ERP, inserts(1), -3)).isTrue();
        assertThat(queue.offset(CRM)).isEqualTo(OptionalLong.of(11));
        assertThat(queue.offset(ERP)).isEqualTo(OptionalLong.of(-3));
        assertThat(keys(queue.list(CRM))).containsExactly("1:insert");
    }

    @Test
    void claims_nothing_that_came_after_the_given_sequence() {
        queue.put(CRM, inserts(1));
        long last = queue.last();
        queue.put(CRM, inserts(2));
        assertThat(ids(queue.claim(CRM, last, 10, Set.of()).orElseThrow())).containsExactly(1L);
        assertThat(queue.claim(CRM, last, 10, Set.of())).isEmpty();
    }

    @Test
    void gives_no_sequence_twice() {
        queue.put(CRM, inserts(1, 2));
        long last = queue.last();
        queue.settle(claim(2), List.of());
        assertThat(queue.last()).isEqualTo(last);
        queue.put(CRM, inserts(3));
        assertThat(queue.list(CRM).get(0).sequence()).isGreaterThan(last);
    }

    @Test
    void holds_later_events_of_a_row_back_while_an_earlier_one_is_claimed() {
        queue.put(CRM, List.of(insert(1), insert(2), row(1, ChangeType.UPDATE_POSTIMAGE), insert(3)));
        Claim first = claim(1);
        Claim others = claim(10);
        assertThat(ids(others)).containsExactly(2L, 3L);
        assertThat(nothingToClaim()).isTrue();
        queue.settle(first, List.of());
        assertThat(keys(claim(10).events())).containsExactly("1:update_postimage");
    }

    @Test
    void holds_later_events_of_a_row_back_while_an_earlier_one_is_left_out() {
        queue.put(CRM, List.of(insert(1), row(1, ChangeType.DELETE), insert(2), insert(1)));
        Claim first = claim(1);
        queue.settle(first, all(first));
        Claim rest = claim(CRM, 10, Set.copyOf(all(first))).orElseThrow();
        assertThat(ids(rest)).containsExactly(2L);
        assertThat(claim(CRM, 10, Set.copyOf(all(first)))).isEmpty();
    }

    @Test
    void leaves_a_whole_batch_where_it_is_when_one_of_its_events_is_left_out() {
        queue.put(CRM, List.of(insert(1), insert(2), row(2, ChangeType.DELETE)));
        Claim batch = claim(2);
        queue.release(batch);
        assertThat(claim(CRM, 10, Set.of(sequence(batch, 1)))).isEmpty();
        assertThat(ids(claim(10))).containsExactly(1L, 2L);
    }

    @Test
    void puts_both_images_of_a_row_into_one_batch_but_no_key_twice() {
        queue.put(
                CRM,
                List.of(
                        row(1, ChangeType.UPDATE_PREIMAGE),
                        row(1, ChangeType.UPDATE_POSTIMAGE),
                        row(1, ChangeType.UPDATE_PREIMAGE),
                        row(1, ChangeType.UPDATE_POSTIMAGE),
                        insert(2)));
        Claim first = claim(10);
        assertThat(keys(first.events())).containsExactly("1:update_preimage", "1:update_postimage", "2:insert");
        queue.settle(first, List.of());
        assertThat(keys(claim(10).events())).containsExactly("1:update_preimage", "1:update_postimage");
    }

    @Test
    void hands_out_a_second_event_of_a_row_when_the_first_is_settled() {
        queue.put(CRM, List.of(insert(1), row(1, ChangeType.DELETE), insert(2), row(2, ChangeType.UPDATE_POSTIMAGE)));
        Claim first = claim(10);
        assertThat(keys(first.events())).containsExactly("1:insert", "2:insert");
        queue.settle(first, List.of(sequence(first, 0)));
        Claim second = claim(CRM, 10, Set.of(sequence(first, 0))).orElseThrow();
        assertThat(keys(second.events())).containsExactly("2:update_postimage");
    }

    @Test
    void finds_every_event_that_may_go_while_what_is_left_out_grows() {
        queue.put(CRM, List.of(insert(1), row(1, ChangeType.DELETE), insert(2), insert(3), row(3, ChangeType.DELETE)));
        Set<Long> tried = new HashSet<>();
        List<String> seen = new ArrayList<>();
        for (Optional<Claim> next = claim(CRM, 1, tried); next.isPresent(); next = claim(CRM, 1, tried)) {
            Claim claim = next.get();
            tried.addAll(all(claim));
            seen.addAll(keys(claim.events()));
            boolean delivered = ids(claim).contains(3L);
            boolean done = ids(claim).contains(2L)
                    ? queue.release(claim)
                    : queue.settle(claim, delivered ? List.of() : all(claim));
            assertThat(done).isTrue();
        }
        assertThat(seen).containsExactly("1:insert", "2:insert", "3:insert", "3:delete");
        assertThat(ids(claim(10))).containsExactly(2L);
        assertThat(keys(claim(10).events())).containsExactly("1:insert");
    }

    @Test
    void takes_rows_in_once_for_each_key() {
        assertThat(queue.putOnce(CRM, inserts(1), "letter")).isTrue();
        queue.settle(claim(1), List.of());
        assertThat(queue.putOnce(CRM, inserts(1), "letter")).isFalse();
        assertThat(nothingToClaim()).isTrue();
        queue.replace(CRM, List.of());
        assertThat(queue.putOnce(CRM, inserts(1), "letter")).isFalse();
        assertThat(queue.putOnce(CRM, inserts(2), "another")).isTrue();
        assertThat(queue.putOnce(ERP, inserts(1), "letter")).isTrue();
        assertThat(keys(queue.list(CRM))).containsExactly("2:insert");
    }

    @Test
    void settles_each_image_of_a_row_by_itself() {
        queue.put(CRM, List.of(row(1, ChangeType.UPDATE_PREIMAGE), row(1, ChangeType.UPDATE_POSTIMAGE)));
        Claim claim = claim(2);
        queue.settle(claim, List.of(sequence(claim, 1)));
        assertThat(keys(queue.list(CRM))).containsExactly("1:update_postimage");
    }

    @Test
    void refuses_names_and_sizes_that_mean_nothing() {
        assertThatThrownBy(() -> queue.put("", inserts(1))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> queue.put("a b", inserts(1), 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> queue.claim("a.b", 1, 1, Set.of())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> claim(0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void is_of_no_use_when_closed() {
        queue.close();
        queue.close();
        assertThatThrownBy(() -> queue.put(CRM, inserts(1)))
                .isInstanceOf(SpoolException.class)
                .hasMessageContaining("closed");
        assertThatThrownBy(() -> queue.backlog()).isInstanceOf(SpoolException.class);
    }

    @Test
    void hands_each_event_to_one_of_many_threads() throws Exception {
        List<ChangedRow> rows = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            rows.add(insert(i));
        }
        queue.put(CRM, rows);
        Set<Long> seen = ConcurrentHashMap.newKeySet();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<Integer>> counts = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                counts.add(threads.submit(() -> drain(seen)));
            }
            int all = 0;
            for (Future<Integer> count : counts) {
                all += count.get();
            }
            assertThat(all).isEqualTo(60);
        } finally {
            threads.shutdownNow();
        }
        assertThat(seen).hasSize(60);
        assertThat(queue.count(CRM, Long.MAX_VALUE)).isZero();
    }

    private int drain(Set<Long> seen) {
        int count = 0;
        for (Optional<Claim> next = claim(CRM, 3, Set.of()); next.isPresent(); next = claim(CRM, 3, Set.of())) {
            seen.addAll(all(next.get()));
            count += next.get().events().size();
            assertThat(queue.settle(next.get(), List.of())).isTrue();
        }
        return count;
    }

    /** Random puts, claims, releases, settlements and waits, against what may be true at most. */
    @Test
    void loses_nothing_and_keeps_the_order_of_every_row_whatever_happens() {
        for (long seed = 1; seed <= 15; seed++) {
            new RandomUse(seed).play();
            queue.replace(CRM, List.of());
        }
    }

    private final class RandomUse {
        private final Random random;
        private final String seedName;
        private final Map<Long, List<String>> put = new HashMap<>();
        private final Map<Long, List<String>> delivered = new HashMap<>();
        private final List<Claim> held = new ArrayList<>();
        private int count;

        private RandomUse(long seed) {
            this.random = new Random(seed);
            this.seedName = "seed " + seed;
        }

        private void play() {
            for (int step = 0; step < 120; step++) {
                switch (random.nextInt(8)) {
                    case 0, 1 -> putSome();
                    case 2, 3, 4 -> claim(CRM, 1 + random.nextInt(5), Set.of()).ifPresent(this::hold);
                    case 5, 6 -> settleOne();
                    default -> stall();
                }
            }
            while (!held.isEmpty()) {
                settle(held.remove(0), 0);
            }
            for (Optional<Claim> next = claim(CRM, 4, Set.of()); next.isPresent(); next = claim(CRM, 4, Set.of())) {
                settle(next.get(), 0);
            }
            assertThat(delivered).as(seedName).isEqualTo(put);
        }

        private void putSome() {
            List<ChangedRow> rows = new ArrayList<>();
            for (int i = random.nextInt(4); i >= 0; i--) {
                long id = random.nextInt(4);
                ChangeType change = ChangeType.values()[random.nextInt(4)];
                String json = "{\"n\":" + count++ + "}";
                rows.add(new ChangedRow(id, change, Row.json(json)));
                put.computeIfAbsent(id, any -> new ArrayList<>()).add(json);
            }
            queue.put(CRM, rows);
        }

        private void hold(Claim claim) {
            Set<Long> rows = new HashSet<>(ids(claim));
            held.removeIf(other -> other.batch().equals(claim.batch()));
            assertThat(held).as(seedName).noneMatch(other -> ids(other).stream().anyMatch(rows::contains));
            held.add(claim);
        }

        private void settleOne() {
            if (!held.isEmpty()) {
                Claim claim = held.remove(random.nextInt(held.size()));
                if (random.nextInt(4) == 0) {
                    queue.release(claim);
                } else {
                    settle(claim, random.nextInt(3));
                }
            }
        }

        /** Fails some rows of the batch; the images of an update, which have one change to tell of, together. */
        private void settle(Claim claim, int failing) {
            Map<Long, Boolean> fates = new HashMap<>();
            List<Long> failed = new ArrayList<>();
            List<Event> done = new ArrayList<>();
            for (Event event : claim.events()) {
                boolean isFirst = !fates.containsKey(event.row().rowId());
                assertThat(isFirst || event.row().change() == ChangeType.UPDATE_POSTIMAGE)
                        .as(seedName)
                        .isTrue();
                if (fates.computeIfAbsent(event.row().rowId(), any -> random.nextInt(10) < failing * 3)) {
                    failed.add(event.sequence());
                } else {
                    done.add(event);
                }
            }
            if (queue.settle(claim, failed)) {
                done.forEach(event -> delivered
                        .computeIfAbsent(event.row().rowId(), any -> new ArrayList<>())
                        .add(new String(event.row().row().toBytes(), StandardCharsets.UTF_8)));
            }
        }

        private void stall() {
            clock.advance(Duration.ofMinutes(random.nextInt(12)));
        }
    }
}
