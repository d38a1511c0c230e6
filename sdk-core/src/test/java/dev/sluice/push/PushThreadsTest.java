package dev.sluice.push;

import static dev.sluice.push.PushWorld.CRM;
import static dev.sluice.push.PushWorld.insert;
import static dev.sluice.push.PushWorld.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Timing;
import dev.sluice.row.ChangeType;
import dev.sluice.testkit.ManualClock;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Runs by several threads, and how they end. */
@Timeout(60)
class PushThreadsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final PushWorld world = new PushWorld();

    private static Thread start(Runnable work) {
        Thread thread = new Thread(work, "test");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void end(Thread thread) throws InterruptedException {
        thread.join(PATIENCE.toMillis());
        assertThat(thread.isAlive()).isFalse();
    }

    @Test
    void pushes_several_batches_at_once_and_each_row_once() {
        world.inserts(20);
        CountDownLatch atOnce = new CountDownLatch(3);
        PushFunction function = PushFunction.syncText(batch -> {
            Map<String, String> answer = world.answer(batch);
            atOnce.countDown();
            assertThat(atOnce.await(20, TimeUnit.SECONDS)).isTrue();
            return answer;
        });
        PushReport report =
                world.runner(function).batchSize(5).maxConcurrency(3).build().run();
        assertThat(report.delivered()).isEqualTo(20);
        assertThat(report.isClean()).isTrue();
        assertThat(world.pushed).hasSize(4).extracting(PushBatch::number).containsExactlyInAnyOrder(1, 2, 3, 4);
        assertThat(world.pushedKeys().stream().flatMap(keys -> keys.stream()))
                .hasSize(20)
                .doesNotHaveDuplicates();
    }

    @Test
    void keeps_the_order_of_a_row_with_several_threads() {
        for (int i = 0; i < 20; i++) {
            world.put(row(i % 3, ChangeType.UPDATE_POSTIMAGE));
        }
        Set<Long> underWay = ConcurrentHashMap.newKeySet();
        PushFunction function = PushFunction.syncText(batch -> {
            long id = batch.rows().get(0).rowId();
            assertThat(underWay.add(id)).isTrue();
            Map<String, String> answer = world.answer(batch);
            underWay.remove(id);
            return answer;
        });
        PushReport report =
                world.runner(function).batchSize(1).maxConcurrency(4).build().run();
        assertThat(report.isClean()).isTrue();
        assertThat(report.delivered()).isEqualTo(20);
    }

    @Test
    void ends_an_interrupted_run_with_its_batch_kept_under_its_id() throws Exception {
        world.inserts(3);
        CountDownLatch begun = new CountDownLatch(1);
        PushFunction function = PushFunction.syncText(batch -> {
            world.pushed.add(batch);
            begun.countDown();
            new CountDownLatch(1).await();
            return Map.of();
        });
        PushRunner runner = world.runner(function).batchSize(2).build();
        AtomicReference<PushReport> report = new AtomicReference<>();
        AtomicReference<Boolean> flag = new AtomicReference<>();
        Thread thread = start(() -> {
            report.set(runner.run());
            flag.set(Thread.currentThread().isInterrupted());
        });
        begun.await();
        thread.interrupt();
        end(thread);
        assertThat(report.get().interrupted()).isTrue();
        assertThat(report.get().failed()).isZero();
        assertThat(report.get().blocked()).isEqualTo(3);
        assertThat(flag.get()).isTrue();
        assertThat(world.queue
                        .claim(CRM, Long.MAX_VALUE, 1, Set.of())
                        .orElseThrow()
                        .batch())
                .isEqualTo(world.pushed.get(0).id());
    }

    @Test
    void interrupts_all_threads_of_a_run() throws Exception {
        world.inserts(3);
        CountDownLatch begun = new CountDownLatch(3);
        PushFunction function = PushFunction.syncText(batch -> {
            begun.countDown();
            new CountDownLatch(1).await();
            return Map.of();
        });
        PushRunner runner =
                world.runner(function).batchSize(1).maxConcurrency(3).build();
        AtomicReference<PushReport> report = new AtomicReference<>();
        Thread thread = start(() -> report.set(runner.run()));
        begun.await();
        thread.interrupt();
        end(thread);
        assertThat(report.get().blocked()).isEqualTo(3);
        assertThat(world.waiting()).hasSize(3);
    }

    @Test
    void starts_runs_by_itself_until_it_is_closed() throws Exception {
        ManualClock clock = new ManualClock();
        PushRunner runner = world.runner(world.receiver()).timing(clock).build();
        BlockingQueue<PushReport> reports = new LinkedBlockingQueue<>();
        Thread thread = start(() -> runner.watch(Duration.ofMinutes(1), report -> {
            reports.add(report);
            throw new IllegalStateException("must not matter");
        }));
        assertThat(next(reports).batches()).isZero();
        clock.awaitWaiters(1, PATIENCE);
        world.put(insert(1));
        clock.advance(Duration.ofSeconds(59));
        clock.awaitWaiters(1, PATIENCE);
        assertThat(reports).isEmpty();
        world.statuses.put("1:insert", "error: x");
        clock.advance(Duration.ofSeconds(1));
        assertThat(next(reports).failed()).isEqualTo(1);
        clock.awaitWaiters(1, PATIENCE);
        world.statuses.clear();
        clock.advance(Duration.ofMinutes(1));
        assertThat(next(reports).delivered()).isEqualTo(1);
        runner.close();
        // The stepped clock may miss a signal between two looks; a step makes it look.
        clock.advance(Duration.ofSeconds(1));
        end(thread);
        assertThatThrownBy(runner::run)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    private static PushReport next(BlockingQueue<PushReport> reports) throws InterruptedException {
        PushReport report = reports.poll(20, TimeUnit.SECONDS);
        assertThat(report).isNotNull();
        return report;
    }

    @Test
    void ends_watching_when_its_thread_is_interrupted() throws Exception {
        ManualClock clock = new ManualClock();
        PushRunner runner = world.runner(world.receiver()).timing(clock).build();
        Thread thread = start(() -> runner.watch(Duration.ofMinutes(1), report -> {}));
        clock.awaitWaiters(1, PATIENCE);
        thread.interrupt();
        end(thread);
        assertThat(runner.run().isClean()).isTrue();
    }

    /** In real time: the wait of half a minute is cut short by the close alone. */
    @Test
    void ends_a_run_that_waits_for_a_job_when_it_is_closed_and_keeps_the_job() throws Exception {
        world.inserts(1);
        CountDownLatch polled = new CountDownLatch(1);
        PushFunction function = PushFunction.async(batch -> "job 1", job -> {
            polled.countDown();
            return JobStatus.running();
        });
        PushRunner runner = world.runner(function).timing(Timing.system()).build();
        CompletableFuture<PushReport> report = CompletableFuture.supplyAsync(runner::run);
        polled.await();
        runner.close();
        assertThat(report.get(20, TimeUnit.SECONDS).interrupted()).isTrue();
        assertThat(world.queue
                        .claim(CRM, Long.MAX_VALUE, 1, Set.of())
                        .orElseThrow()
                        .job())
                .isEqualTo("job 1");
    }

    @Test
    void makes_one_run_wait_for_the_other() throws Exception {
        world.inserts(1);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        PushFunction function = PushFunction.syncText(batch -> {
            begun.countDown();
            go.await();
            return world.answer(batch);
        });
        PushRunner runner = world.runner(function).build();
        CompletableFuture<PushReport> first = CompletableFuture.supplyAsync(runner::run);
        begun.await();
        AtomicReference<PushReport> second = new AtomicReference<>();
        Thread waiting = start(() -> second.set(runner.run()));
        waiting.interrupt();
        end(waiting);
        assertThat(second.get().interrupted()).isTrue();
        go.countDown();
        assertThat(first.get(20, TimeUnit.SECONDS).delivered()).isEqualTo(1);
    }

    @Test
    void ends_the_others_too_when_the_caller_is_interrupted_behind_its_own_work() {
        world.put(insert(1)).put(row(1, ChangeType.DELETE));
        Thread caller = Thread.currentThread();
        CountDownLatch busy = new CountDownLatch(1);
        world.queue.beforeClaim = () -> {
            if (Thread.currentThread() == caller) {
                await(busy);
                // What the other thread has keeps the caller from finding anything.
                caller.interrupt();
            }
        };
        PushFunction function = PushFunction.syncText(batch -> {
            busy.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                // A function that does not care.
            }
            return world.answer(batch);
        });
        PushReport report = world.runner(function).maxConcurrency(2).build().run();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(report.interrupted()).isTrue();
        assertThat(world.waiting()).containsExactly("1:delete");
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void keeps_the_threads_flag_when_it_is_interrupted_and_closed_at_once() {
        world.inserts(2);
        AtomicReference<PushRunner> runner = new AtomicReference<>();
        runner.set(world.runner(PushFunction.syncText(batch -> {
                    runner.get().close();
                    Thread.currentThread().interrupt();
                    return world.answer(batch);
                }))
                .batchSize(1)
                .build());
        assertThat(runner.get().run().interrupted()).isTrue();
        assertThat(Thread.interrupted()).isTrue();

        runner.set(world.runner(world.receiver()).build());
        runner.get().watch(Duration.ofSeconds(1), report -> {
            runner.get().close();
            Thread.currentThread().interrupt();
        });
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void refuses_a_run_within_a_helper_of_the_run() {
        world.inserts(2);
        AtomicReference<PushRunner> runner = new AtomicReference<>();
        CountDownLatch both = new CountDownLatch(2);
        PushFunction function = PushFunction.syncText(batch -> {
            both.countDown();
            await(both);
            runner.get().run();
            return world.answer(batch);
        });
        runner.set(world.runner(function).batchSize(1).maxConcurrency(2).build());
        PushReport report = runner.get().run();
        assertThat(report.failed()).isEqualTo(2);
        assertThat(report.problems()).hasSize(2).allMatch(problem -> problem.contains("cannot start another one"));
    }

    @Test
    void refuses_a_run_within_a_run() {
        world.inserts(1);
        AtomicReference<PushRunner> runner = new AtomicReference<>();
        PushFunction function = PushFunction.syncText(batch -> {
            runner.get().run();
            return world.answer(batch);
        });
        runner.set(world.runner(function).build());
        assertThat(runner.get().run().problems().get(0)).contains("cannot start another one");
    }
}
