package dev.sluice.push;

import static dev.sluice.push.PushWorld.CRM;
import static dev.sluice.push.PushWorld.insert;
import static dev.sluice.push.PushWorld.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.RateLimit;
import dev.sluice.RecordingLogs;
import dev.sluice.RetryPolicy;
import dev.sluice.receipt.DeadLetter;
import dev.sluice.row.ChangeType;
import dev.sluice.testkit.ManualClock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SyncPushTest {
    private final PushWorld world = new PushWorld();

    @Test
    void delivers_everything_in_order_in_batches() {
        world.inserts(5);
        PushReport report = world.runner(world.receiver()).batchSize(2).build().run();
        assertThat(world.pushedKeys())
                .containsExactly(List.of("1:insert", "2:insert"), List.of("3:insert", "4:insert"), List.of("5:insert"));
        assertThat(world.pushed).extracting(PushBatch::number).containsExactly(1, 2, 3);
        assertThat(report.delivered()).isEqualTo(5);
        assertThat(report.batches()).isEqualTo(3);
        assertThat(report.isClean()).isTrue();
        assertThat(world.waiting()).isEmpty();
    }

    @Test
    void calls_nothing_when_nothing_is_pending() {
        PushReport report = world.run();
        assertThat(report.batches()).isZero();
        assertThat(report.isClean()).isTrue();
        assertThat(world.pushed).isEmpty();
    }

    @Test
    void gives_the_function_row_id_change_type_and_fields() {
        world.put(row(7, ChangeType.UPDATE_PREIMAGE), row(7, ChangeType.UPDATE_POSTIMAGE), row(8, ChangeType.DELETE));
        world.run();
        assertThat(world.pushedKeys()).containsExactly(List.of("7:update_preimage", "7:update_postimage", "8:delete"));
        assertThat(world.pushed.get(0).rows().get(2).fields()).containsEntry("id", 8);
    }

    @Test
    void tries_failed_rows_alone_in_the_next_run_and_never_in_the_same() {
        world.inserts(3);
        world.statuses.put("2:insert", "error: HTTP 503");
        PushReport first = world.run();
        assertThat(first.delivered()).isEqualTo(2);
        assertThat(first.failed()).isEqualTo(1);
        assertThat(first.problems())
                .singleElement()
                .asString()
                .contains("2 ok, 1 failed, 0 rejected: 2:insert HTTP 503");
        world.statuses.clear();
        assertThat(world.run().isClean()).isTrue();
        assertThat(world.pushedKeys())
                .containsExactly(List.of("1:insert", "2:insert", "3:insert"), List.of("2:insert"));
    }

    @Test
    void ends_when_every_batch_keeps_failing() {
        world.inserts(4);
        for (int i = 1; i <= 4; i++) {
            world.statuses.put(i + ":insert", "no");
        }
        PushReport report = world.runner(world.receiver()).batchSize(1).build().run();
        assertThat(report.failed()).isEqualTo(4);
        assertThat(world.pushed).hasSize(4);
        assertThat(world.waiting()).hasSize(4);
    }

    @Test
    void pushes_only_what_was_pending_when_the_run_began() {
        world.inserts(1);
        PushFunction function = PushFunction.syncText(batch -> {
            world.put(insert(100 + batch.number()));
            return world.answer(batch);
        });
        PushRunner runner = world.runner(function).build();
        assertThat(runner.run().delivered()).isEqualTo(1);
        assertThat(world.waiting()).containsExactly("101:insert");
        assertThat(runner.run().delivered()).isEqualTo(1);
    }

    @Test
    void holds_later_events_of_a_row_back_until_the_failed_one_is_delivered() {
        world.put(insert(1)).put(row(1, ChangeType.DELETE)).put(insert(2));
        world.statuses.put("1:insert", "error: busy");
        PushRunner runner = world.runner(world.receiver()).batchSize(1).build();
        PushReport first = runner.run();
        assertThat(first.failed()).isEqualTo(1);
        assertThat(first.blocked()).isEqualTo(1);
        assertThat(first.delivered()).isEqualTo(1);
        world.statuses.clear();
        assertThat(runner.run().delivered()).isEqualTo(2);
        assertThat(world.pushedKeys())
                .containsExactly(List.of("1:insert"), List.of("2:insert"), List.of("1:insert"), List.of("1:delete"));
    }

    @Test
    void holds_later_events_of_a_row_back_within_one_batch_too() {
        world.put(insert(1)).put(row(1, ChangeType.DELETE)).put(insert(2)).put(row(2, ChangeType.DELETE));
        world.statuses.put("1:insert", "error: busy");
        PushReport report = world.run();
        assertThat(world.pushedKeys()).containsExactly(List.of("1:insert", "2:insert"), List.of("2:delete"));
        assertThat(report.failed()).isEqualTo(1);
        assertThat(report.blocked()).isEqualTo(1);
        assertThat(world.waiting()).containsExactly("1:insert", "1:delete");
    }

    @Test
    void goes_on_with_a_row_when_its_event_is_rejected() {
        world.put(insert(1)).put(row(1, ChangeType.DELETE));
        world.statuses.put("1:insert", "reject: no such plan");
        PushReport report = world.runner(world.receiver()).batchSize(1).build().run();
        assertThat(report.rejected()).isEqualTo(1);
        assertThat(report.delivered()).isEqualTo(1);
        assertThat(world.waiting()).isEmpty();
    }

    @Test
    void pushes_events_of_one_key_one_after_the_other_in_one_run() {
        world.put(row(1, ChangeType.UPDATE_POSTIMAGE), row(1, ChangeType.UPDATE_POSTIMAGE), insert(2));
        assertThat(world.run().isClean()).isTrue();
        assertThat(world.pushedKeys())
                .containsExactly(List.of("1:update_postimage", "2:insert"), List.of("1:update_postimage"));
    }

    @Test
    void settles_pre_and_postimage_of_a_row_independently() {
        world.put(row(1, ChangeType.UPDATE_PREIMAGE), row(1, ChangeType.UPDATE_POSTIMAGE));
        world.statuses.put("1:update_postimage", "error: later");
        world.run();
        assertThat(world.waiting()).containsExactly("1:update_postimage");
    }

    @Test
    void hands_rejected_rows_to_the_dead_letters_and_never_pushes_them_again() {
        world.inserts(2);
        world.statuses.put("2:insert", "reject: no email");
        PushReport report = world.run();
        assertThat(report.rejected()).isEqualTo(1);
        assertThat(report.isClean()).isFalse();
        DeadLetter letter = world.letters.only();
        assertThat(letter.reason()).isEqualTo(DeadLetter.Reason.REJECTED);
        assertThat(letter.message()).isEqualTo("2:insert: no email");
        assertThat(letter.attempts()).isEqualTo(1);
        assertThat(letter.batch().row(0)).isEqualTo("{\"id\":2}".getBytes(StandardCharsets.UTF_8));
        assertThat(letter.batch().destination().table()).isEqualTo("push.crm");
        assertThat(letter.batch().destination().tags())
                .containsEntry("row_id", "2")
                .containsEntry("change_type", "insert");
        assertThat(world.run().batches()).isZero();
    }

    @Test
    void keeps_a_rejected_row_when_the_dead_letters_fail() {
        world.inserts(1);
        world.statuses.put("1:insert", "reject: no email");
        world.letters.failNext(1);
        PushReport first = world.run();
        assertThat(first.failed()).isEqualTo(1);
        assertThat(first.problems().get(0)).contains("dead-letter hook failed", "disk full");
        assertThat(world.waiting()).containsExactly("1:insert");
        assertThat(world.run().rejected()).isEqualTo(1);
    }

    @Test
    void keeps_a_rejected_row_when_there_are_no_dead_letters() {
        world.inserts(1);
        world.statuses.put("1:insert", "reject: no email");
        PushReport report =
                PushRunner.builder(world.queue, CRM, world.receiver()).build().run();
        assertThat(report.failed()).isEqualTo(1);
        assertThat(report.problems().get(0)).contains("set deadLetters", "no email");
        assertThat(world.waiting()).hasSize(1);
    }

    @Test
    void delivers_rows_with_a_warning_and_tells_of_it_without_their_values() {
        world.inserts(2);
        world.statuses.put("1:insert", "warn: value hunter2 looks odd");
        List<RowOutcome> told = new ArrayList<>();
        PushReport report = world.runner(world.receiver())
                .listener((batch, row, outcome) -> told.add(outcome))
                .build()
                .run();
        assertThat(report.delivered()).isEqualTo(2);
        assertThat(report.warned()).isEqualTo(1);
        assertThat(report.isClean()).isTrue();
        assertThat(told).containsExactly(RowOutcome.warn("value hunter2 looks odd"));
        String id = world.pushed.get(0).id().value();
        assertThat(RecordingLogs.lines())
                .filteredOn(line -> line.contains(id))
                .singleElement()
                .asString()
                .contains("1:insert", "warning");
        assertThat(RecordingLogs.lines()).noneMatch(line -> line.contains("hunter2"));
    }

    @Test
    void goes_on_when_the_listener_throws() {
        world.inserts(1);
        world.statuses.put("1:insert", "warn: x");
        PushReport report = world.runner(world.receiver())
                .listener((batch, row, outcome) -> {
                    throw new IllegalStateException("listener");
                })
                .build()
                .run();
        assertThat(report.delivered()).isEqualTo(1);
    }

    @Test
    void fails_the_whole_batch_when_a_status_is_missing() {
        world.inserts(3);
        PushFunction function = PushFunction.syncText(batch -> Map.of("1:insert", "ok", "2:insert", "reject: x"));
        PushReport report = world.runner(function).build().run();
        assertThat(report.failed()).isEqualTo(3);
        assertThat(report.problems().get(0)).contains("1 of 3 rows (3:insert)");
        assertThat(world.waiting()).hasSize(3);
        assertThat(world.letters.letters()).isEmpty();
    }

    @Test
    void pushes_a_batch_again_under_its_id_when_a_status_was_missing_for_rows_may_be_delivered() {
        world.inserts(2);
        List<String> ids = new ArrayList<>();
        PushFunction function = PushFunction.syncText(batch -> {
            ids.add(batch.id().value());
            return Map.of("1:insert", "ok");
        });
        PushRunner runner = world.runner(function).build();
        runner.run();
        runner.run();
        assertThat(ids).hasSize(2);
        assertThat(ids.get(1)).isEqualTo(ids.get(0));
    }

    @Test
    void fails_the_batch_and_goes_on_when_the_statuses_cannot_be_read() {
        world.inserts(2);
        Map<String, RowOutcome> odd = new AbstractMap<>() {
            @Override
            public Set<Map.Entry<String, RowOutcome>> entrySet() {
                throw new IllegalStateException("lazy and broken");
            }
        };
        PushReport report = world.runner(PushFunction.sync(batch -> odd))
                .batchSize(1)
                .build()
                .run();
        assertThat(report.failed()).isEqualTo(2);
        assertThat(report.failure()).isNull();
        assertThat(report.problems().get(0)).contains("cannot be read", "lazy and broken");
    }

    @Test
    void fails_the_whole_batch_when_nothing_comes_back() {
        world.inserts(2);
        assertThat(world.runner(PushFunction.sync(batch -> null)).build().run().failed())
                .isEqualTo(2);
        assertThat(world.runner(PushFunction.sync(batch -> Map.of()))
                        .build()
                        .run()
                        .failed())
                .isEqualTo(2);
        assertThat(world.runner(PushFunction.syncText(batch -> null))
                        .build()
                        .run()
                        .failed())
                .isEqualTo(2);
        assertThat(world.run().delivered()).isEqualTo(2);
    }

    @Test
    void goes_on_with_the_other_batches_when_one_throws_and_pushes_that_one_again_under_its_id() {
        world.inserts(4);
        PushFunction function = PushFunction.syncText(batch -> {
            Map<String, String> answer = world.answer(batch);
            if (world.pushed.size() == 1) {
                throw new IOException("connection reset");
            }
            return answer;
        });
        PushRunner runner = world.runner(function).batchSize(2).build();
        PushReport first = runner.run();
        assertThat(first.failed()).isEqualTo(2);
        assertThat(first.delivered()).isEqualTo(2);
        assertThat(first.problems().get(0)).contains("connection reset");
        assertThat(runner.run().delivered()).isEqualTo(2);
        assertThat(world.pushed.get(2).id()).isEqualTo(world.pushed.get(0).id());
        assertThat(world.pushed.get(1).id()).isNotEqualTo(world.pushed.get(0).id());
        assertThat(world.pushedKeys().get(2)).isEqualTo(world.pushedKeys().get(0));
    }

    @Test
    void fails_the_batch_when_the_function_throws_an_error() {
        world.inserts(1);
        PushFunction function = PushFunction.sync(batch -> {
            throw new StackOverflowError();
        });
        assertThat(world.runner(function).build().run().failed()).isEqualTo(1);
    }

    @Test
    void calls_again_within_the_run_when_the_function_throws_and_the_policy_allows() {
        world.inserts(1);
        PushFunction function = PushFunction.syncText(batch -> {
            Map<String, String> answer = world.answer(batch);
            if (world.pushed.size() < 3) {
                throw new IOException("503");
            }
            return answer;
        });
        PushReport report = world.runner(function)
                .retries(RetryPolicy.DEFAULT.withMaxAttempts(5))
                .build()
                .run();
        assertThat(report.isClean()).isTrue();
        assertThat(world.pushed)
                .hasSize(3)
                .extracting(PushBatch::id)
                .containsOnly(world.pushed.get(0).id());
        assertThat(world.pushed).extracting(PushBatch::number).containsOnly(1);
    }

    @Test
    void stops_calling_when_attempts_or_time_are_used_up() {
        world.inserts(1);
        PushFunction function = PushFunction.syncText(batch -> {
            world.answer(batch);
            throw new IOException("503");
        });
        RetryPolicy three = RetryPolicy.DEFAULT.withMaxAttempts(3);
        assertThat(world.runner(function).retries(three).build().run().failed()).isEqualTo(1);
        assertThat(world.pushed).hasSize(3);
        RetryPolicy brief = RetryPolicy.DEFAULT.withMaxAttempts(1_000).withDeadline(Duration.ofSeconds(30));
        world.runner(function).retries(brief).build().run();
        assertThat(world.pushed.size()).isBetween(5, 500);
        assertThat(world.clock.now()).isBefore(ManualClock.START.plusSeconds(70));
    }

    @Test
    void asks_for_no_row_twice_in_a_run_however_many_attempts_the_policy_allows() {
        world.inserts(1);
        world.statuses.put("1:insert", "error: x");
        world.runner(world.receiver()).retries(RetryPolicy.DEFAULT).build().run();
        assertThat(world.pushed).hasSize(1);
    }

    @Test
    void takes_one_place_of_the_rate_limit_for_each_call() {
        world.inserts(5);
        List<Long> seconds = new ArrayList<>();
        PushFunction function = PushFunction.syncText(batch -> {
            seconds.add(Duration.between(ManualClock.START, world.clock.now()).toSeconds());
            return world.answer(batch);
        });
        world.runner(function)
                .batchSize(1)
                .rateLimit(RateLimit.parse("2 per 10s"))
                .build()
                .run();
        assertThat(seconds).containsExactly(0L, 0L, 10L, 10L, 20L);
    }

    @Test
    void tells_three_problems_of_a_batch_and_counts_the_others() {
        world.inserts(6);
        for (int i = 1; i <= 5; i++) {
            world.statuses.put(i + ":insert", (i == 2 ? "reject: " : "error: ") + "é".repeat(150));
        }
        String problem = world.run().problems().get(0);
        assertThat(problem)
                .contains("1 ok, 4 failed, 1 rejected: 1:insert " + "é".repeat(100) + ";")
                .contains("2:insert rejected, é")
                .endsWith("; +2 more")
                .doesNotContain("4:insert");
    }

    @Test
    void tells_twenty_problems_of_a_run_and_counts_the_others() {
        world.inserts(23);
        PushFunction function = PushFunction.sync(batch -> {
            throw new IOException("down");
        });
        PushReport report = world.runner(function).batchSize(1).build().run();
        assertThat(report.problems()).hasSize(21).last().isEqualTo("+3 more");
    }

    @Test
    void stays_undelivered_as_far_as_the_report_goes_when_the_queue_does_not_take_the_outcomes() {
        world.inserts(3);
        world.queue.settlementsToFail.set(1);
        PushRunner runner = world.runner(world.receiver()).batchSize(2).build();
        PushReport report = runner.run();
        assertThat(report.delivered()).isZero();
        assertThat(report.failed()).isEqualTo(2);
        assertThat(report.blocked()).isEqualTo(1);
        assertThat(report.failure()).hasMessage("disk full");
        assertThat(report.isClean()).isFalse();
        assertThat(runner.run().delivered()).isEqualTo(3);
        assertThat(world.pushed.get(1).id()).isEqualTo(world.pushed.get(0).id());
    }

    @Test
    void tells_of_a_queue_that_cannot_be_read() {
        world.inserts(1);
        world.queue.claimsToFail.set(1);
        PushReport report = world.run();
        assertThat(report.failure()).hasMessage("disk full");
        assertThat(report.blocked()).isEqualTo(1);
        assertThat(world.pushed).isEmpty();
    }

    @Test
    void says_so_when_the_target_was_replaced_meanwhile() {
        world.inserts(2);
        PushFunction function = PushFunction.syncText(batch -> {
            world.queue.replace(CRM, List.of(insert(9)));
            return world.answer(batch);
        });
        PushReport report = world.runner(function).build().run();
        assertThat(report.delivered()).isZero();
        assertThat(report.failed()).isEqualTo(2);
        assertThat(report.problems().get(0)).contains("its claim has ended");
        assertThat(world.waiting()).containsExactly("9:insert");
    }

    @Test
    void is_blocked_by_a_claim_of_somebody_else() {
        world.inserts(2);
        world.queue.claim(CRM, Long.MAX_VALUE, 1, Set.of());
        world.put(row(1, ChangeType.DELETE));
        PushReport report = world.run();
        assertThat(report.delivered()).isEqualTo(1);
        assertThat(report.blocked()).isEqualTo(2);
        assertThat(report.isClean()).isFalse();
    }

    @Test
    void takes_any_map_for_an_answer() {
        world.inserts(1);
        Map<String, RowOutcome> answer = new HashMap<>();
        answer.put("1:insert", RowOutcome.ok());
        answer.put("stray", null);
        assertThat(world.runner(PushFunction.sync(batch -> answer))
                        .build()
                        .run()
                        .delivered())
                .isEqualTo(1);
    }
}
