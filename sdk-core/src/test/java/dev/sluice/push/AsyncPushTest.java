package dev.sluice.push;

import static dev.sluice.push.PushWorld.CRM;
import static dev.sluice.push.PushWorld.insert;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.ManualClock;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AsyncPushTest {
    private final PushWorld world = new PushWorld();
    private final Deque<PushFunction.Poll> polls = new ArrayDeque<>();
    private final List<String> polled = new ArrayList<>();

    private PushFunction function() {
        return PushFunction.async(this::submit, job -> {
            polled.add(job);
            return polls.isEmpty() ? JobStatus.running() : polls.remove().poll(job);
        });
    }

    private String submit(PushBatch batch) {
        world.answer(batch);
        return "{\"job\":" + world.pushed.size() + "}";
    }

    private PushRunner.Builder runner() {
        return world.runner(function());
    }

    private void running(int times) {
        for (int i = 0; i < times; i++) {
            polls.add(job -> JobStatus.running());
        }
    }

    private void done(String... keys) {
        polls.add(job -> {
            Map<String, String> statuses = new HashMap<>();
            for (String key : keys) {
                statuses.put(key, world.statuses.getOrDefault(key, "ok"));
            }
            return JobStatus.doneText(statuses);
        });
    }

    @Test
    void polls_at_once_and_then_at_the_interval_until_the_job_is_done() {
        world.inserts(2);
        running(2);
        done("1:insert", "2:insert");
        PushReport report = runner().build().run();
        assertThat(report.delivered()).isEqualTo(2);
        assertThat(polled).containsExactly("{\"job\":1}", "{\"job\":1}", "{\"job\":1}");
        assertThat(world.clock.now()).isEqualTo(ManualClock.START.plusSeconds(60));
        assertThat(world.pushed).hasSize(1);
    }

    @Test
    void settles_row_by_row_what_the_job_says() {
        world.inserts(3);
        world.statuses.put("2:insert", "error: x");
        world.statuses.put("3:insert", "reject: y");
        done("1:insert", "2:insert", "3:insert");
        PushReport report = runner().build().run();
        assertThat(report.delivered()).isEqualTo(1);
        assertThat(report.rejected()).isEqualTo(1);
        assertThat(world.waiting()).containsExactly("2:insert");
        assertThat(world.letters.letters()).hasSize(1);
    }

    @Test
    void keeps_the_job_when_the_time_is_over_and_polls_on_in_the_next_run_without_pushing_again() {
        world.inserts(1);
        PushRunner runner = runner().pollTimeout(Duration.ofSeconds(70)).build();
        PushReport first = runner.run();
        assertThat(first.failed()).isEqualTo(1);
        assertThat(first.problems().get(0)).contains("not done after PT1M10S");
        // At 0, 30, 60 and 70 seconds.
        assertThat(polled).hasSize(4);
        assertThat(world.clock.now()).isEqualTo(ManualClock.START.plusSeconds(70));
        done("1:insert");
        assertThat(runner.run().delivered()).isEqualTo(1);
        assertThat(polled).hasSize(5).containsOnly("{\"job\":1}");
        assertThat(world.pushed).hasSize(1);
    }

    @Test
    void keeps_the_job_when_polling_throws() {
        world.inserts(1);
        polls.add(job -> {
            throw new IOException("connection refused");
        });
        PushReport first = runner().build().run();
        assertThat(first.problems().get(0)).contains("connection refused", "polls it again");
        done("1:insert");
        assertThat(runner().build().run().delivered()).isEqualTo(1);
        assertThat(world.pushed).hasSize(1);
    }

    @Test
    void keeps_the_job_when_polling_gives_null() {
        world.inserts(1);
        polls.add(job -> null);
        assertThat(runner().build().run().failed()).isEqualTo(1);
        done("1:insert");
        assertThat(runner().build().run().delivered()).isEqualTo(1);
        assertThat(world.pushed).hasSize(1);
    }

    @Test
    void forgets_a_failed_job_and_pushes_its_batch_again_in_the_next_run_under_another_id() {
        world.inserts(1);
        polls.add(job -> JobStatus.failed("quota exceeded"));
        PushReport first = runner().build().run();
        assertThat(first.failed()).isEqualTo(1);
        assertThat(first.problems().get(0)).contains("its job failed: quota exceeded");
        assertThat(world.pushed).hasSize(1);
        done("1:insert");
        assertThat(runner().build().run().delivered()).isEqualTo(1);
        assertThat(polled).containsExactly("{\"job\":1}", "{\"job\":2}");
        assertThat(world.pushed.get(1).id()).isNotEqualTo(world.pushed.get(0).id());
    }

    @Test
    void fails_the_whole_batch_when_the_job_misses_a_row() {
        world.inserts(2);
        done("1:insert");
        PushReport report = runner().build().run();
        assertThat(report.failed()).isEqualTo(2);
        assertThat(report.problems().get(0)).contains("(2:insert)");
        assertThat(world.waiting()).hasSize(2);
        done("1:insert", "2:insert");
        assertThat(runner().build().run().delivered()).isEqualTo(2);
        assertThat(world.pushed).hasSize(2);
    }

    @Test
    void fails_the_batch_when_there_is_no_job_reference() {
        for (String none : new String[] {null, "", " \n"}) {
            world.queue.replace(CRM, List.of(insert(1)));
            PushReport report = world.runner(PushFunction.async(batch -> none, job -> JobStatus.running()))
                    .build()
                    .run();
            assertThat(report.failed()).isEqualTo(1);
            assertThat(report.problems().get(0)).contains("no job reference");
        }
    }

    @Test
    void renews_its_claim_before_every_poll() {
        world.inserts(1);
        running(4);
        done("1:insert");
        runner().build().run();
        assertThat(world.queue.renewals.get()).isGreaterThanOrEqualTo(6);
    }

    @Test
    void renews_its_claim_while_it_waits_for_long() {
        world.inserts(1);
        running(1);
        done("1:insert");
        runner().pollInterval(Duration.ofMinutes(35))
                .pollTimeout(Duration.ofHours(2))
                .build()
                .run();
        // Before the push and each of two polls, and ten times in 35 minutes.
        assertThat(world.queue.renewals.get()).isEqualTo(13);
        assertThat(world.clock.now()).isEqualTo(ManualClock.START.plus(Duration.ofMinutes(35)));
    }

    @Test
    void stops_polling_when_its_claim_has_ended() {
        world.inserts(1);
        polls.add(job -> {
            world.queue.replace(CRM, List.of());
            return JobStatus.running();
        });
        PushReport report = runner().build().run();
        assertThat(polled).hasSize(1);
        assertThat(report.problems().get(0)).contains("its claim has ended");
    }

    @Test
    void ends_the_run_when_the_job_cannot_be_kept() {
        world.inserts(2);
        world.queue.jobsToFail.set(1);
        PushReport report = runner().batchSize(1).build().run();
        assertThat(report.failure()).hasMessage("disk full");
        assertThat(polled).isEmpty();
        assertThat(world.pushed).hasSize(1);
        done("1:insert");
        done("2:insert");
        runner().batchSize(1).build().run();
        assertThat(world.pushed.get(1).id()).isEqualTo(world.pushed.get(0).id());
        assertThat(world.waiting()).isEmpty();
    }

    @Test
    void keeps_the_reference_of_a_job_that_the_queue_did_not_take_and_pushes_the_batch_no_second_time() {
        world.inserts(1);
        world.queue.jobsToFail.set(2);
        PushRunner runner = runner().build();
        assertThat(runner.run().failure()).hasMessage("disk full");
        assertThat(runner.run().failure()).hasMessage("disk full");
        assertThat(polled).isEmpty();
        polls.add(job -> {
            throw new IOException("down");
        });
        runner.run();
        done("1:insert");
        assertThat(runner().build().run().delivered()).isEqualTo(1);
        assertThat(polled).containsExactly("{\"job\":1}", "{\"job\":1}");
        assertThat(world.pushed).hasSize(1);
    }

    @Test
    void does_not_push_in_another_mode_what_a_job_is_delivering() {
        world.inserts(1);
        polls.add(job -> {
            throw new IOException("down");
        });
        runner().build().run();
        PushReport report = world.run();
        assertThat(report.failed()).isEqualTo(1);
        assertThat(report.problems().get(0)).contains("mode ASYNC", "mode SYNC");
        assertThat(world.pushed).hasSize(1);
    }

    @Test
    void takes_new_rows_into_batches_of_their_own_while_a_job_is_under_way() {
        world.inserts(1);
        PushRunner runner = runner().pollTimeout(Duration.ofSeconds(1)).build();
        runner.run();
        world.put(insert(2));
        polls.clear();
        done("1:insert");
        done("2:insert");
        assertThat(runner.run().delivered()).isEqualTo(2);
        assertThat(world.pushedKeys()).containsExactly(List.of("1:insert"), List.of("2:insert"));
    }

    @Test
    void keeps_the_job_when_it_is_interrupted_while_it_waits() {
        world.inserts(1);
        polls.add(job -> {
            Thread.currentThread().interrupt();
            return JobStatus.running();
        });
        PushReport report = runner().build().run();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(report.interrupted()).isTrue();
        assertThat(report.blocked()).isEqualTo(1);
        assertThat(world.queue
                        .claim(CRM, Long.MAX_VALUE, 1, Set.of())
                        .orElseThrow()
                        .job())
                .isEqualTo("{\"job\":1}");
    }
}
