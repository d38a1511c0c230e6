package dev.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ManualClockTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final ManualClock clock = new ManualClock();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    @Test
    void stands_still_until_it_is_moved() {
        long before = clock.nanos();
        assertThat(clock.nanos()).isEqualTo(before);
        clock.advance(Duration.ofSeconds(5));
        assertThat(clock.nanos() - before).isEqualTo(5_000_000_000L);
        assertThat(clock.now()).isEqualTo(ManualClock.START.plusSeconds(5));
    }

    @Test
    void moves_only_the_wall_clock_when_that_is_set_back() {
        long before = clock.nanos();
        clock.setWallClock(ManualClock.START.minusSeconds(3_600));
        assertThat(clock.nanos()).isEqualTo(before);
        clock.advance(Duration.ofSeconds(1));
        assertThat(clock.now()).isEqualTo(ManualClock.START.minusSeconds(3_599));
    }

    @Test
    void refuses_to_go_back() {
        assertThatThrownBy(() -> clock.advance(Duration.ofSeconds(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("time does not go back, found PT-1S: see setWallClock");
    }

    @Test
    void ends_a_wait_when_its_time_is_stepped_over() throws Exception {
        CompletableFuture<Long> waiter = waitUntil(Duration.ofHours(1));
        clock.awaitWaiters(1, PATIENCE);
        clock.advance(Duration.ofHours(1));
        assertThat(waiter.get(20, TimeUnit.SECONDS)).isEqualTo(clock.nanos());
        assertThat(clock.waiters()).isZero();
    }

    @Test
    void goes_on_waiting_when_the_step_was_too_short() throws Exception {
        CompletableFuture<Long> waiter = waitUntil(Duration.ofHours(1));
        clock.awaitWaiters(1, PATIENCE);
        clock.advance(Duration.ofMinutes(59));
        CompletableFuture<Long> second = waitUntil(Duration.ofSeconds(1));
        clock.awaitWaiters(2, PATIENCE);
        assertThat(waiter).isNotDone();
        clock.advance(Duration.ofMinutes(1));
        waiter.get(20, TimeUnit.SECONDS);
        second.get(20, TimeUnit.SECONDS);
    }

    @Test
    void ends_every_wait_when_several_threads_wait() throws Exception {
        List<CompletableFuture<Long>> waiters = IntStream.rangeClosed(1, 5)
                .mapToObj(i -> waitUntil(Duration.ofSeconds(i)))
                .toList();
        clock.awaitWaiters(5, PATIENCE);
        clock.advance(Duration.ofSeconds(5));
        CompletableFuture.allOf(waiters.toArray(CompletableFuture[]::new)).get(20, TimeUnit.SECONDS);
    }

    @Test
    void ends_a_wait_when_the_condition_is_signalled() throws Exception {
        CompletableFuture<Void> waiter = CompletableFuture.runAsync(() -> awaitOnce(Duration.ofDays(1_000)));
        clock.awaitWaiters(1, PATIENCE);
        while (!waiter.isDone()) {
            // Again and again, for the waiter may be between two looks at its clock.
            signal();
            Thread.onSpinWait();
        }
        assertThat(waiter).isCompleted();
    }

    @Test
    void does_not_miss_a_step_that_was_taken_between_looking_and_waiting() {
        clock.nanos();
        CompletableFuture.runAsync(() -> clock.advance(Duration.ofHours(1))).join();
        awaitOnce(Duration.ofHours(1));
        assertThat(clock.waiters()).isZero();
    }

    @Test
    void returns_when_there_is_nothing_to_wait_for() {
        awaitOnce(Duration.ZERO);
        awaitOnce(Duration.ofSeconds(-1));
        assertThat(clock.now()).isEqualTo(ManualClock.START);
    }

    @Test
    void moves_by_itself_by_what_is_asked_for_when_it_is_automatic() throws Exception {
        clock.autoAdvance();
        awaitOnce(Duration.ofMinutes(3));
        awaitOnce(Duration.ofMinutes(4));
        assertThat(clock.now()).isEqualTo(ManualClock.START.plusSeconds(7 * 60));
    }

    @Test
    void goes_on_by_itself_when_it_becomes_automatic_while_somebody_waits() throws Exception {
        CompletableFuture<Long> waiter = waitUntil(Duration.ofHours(1));
        clock.awaitWaiters(1, PATIENCE);
        clock.autoAdvance();
        waiter.get(20, TimeUnit.SECONDS);
        assertThat(clock.now()).isEqualTo(ManualClock.START.plusSeconds(3_600));
    }

    @Test
    void lets_others_have_the_lock_when_it_is_automatic_and_somebody_waits_over_and_over() throws Exception {
        clock.autoAdvance();
        AtomicInteger turns = new AtomicInteger();
        CompletableFuture<Void> idle = CompletableFuture.runAsync(() -> {
            lock.lock();
            try {
                while (turns.get() == 0) {
                    clock.await(changed, Duration.ofSeconds(1));
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                lock.unlock();
            }
        });
        assertThat(lock.tryLock(20, TimeUnit.SECONDS)).isTrue();
        turns.set(1);
        lock.unlock();
        idle.get(20, TimeUnit.SECONDS);
    }

    @Test
    void waits_for_a_signal_alone_when_no_time_is_meant_even_if_it_is_automatic() throws Exception {
        clock.autoAdvance();
        CompletableFuture<Void> waiter = CompletableFuture.runAsync(() -> awaitOnce(Duration.ofNanos(Long.MAX_VALUE)));
        clock.awaitWaiters(1, PATIENCE);
        // Long enough for the waiter to look at its clock, and to move it if it would.
        assertThatThrownBy(() -> clock.awaitWaiters(2, Duration.ofMillis(50))).isInstanceOf(AssertionError.class);
        assertThat(clock.now()).isEqualTo(ManualClock.START);
        clock.advance(Duration.ofSeconds(1));
        waiter.get(20, TimeUnit.SECONDS);
        assertThat(clock.now()).isEqualTo(ManualClock.START.plusSeconds(1));
    }

    @Test
    void says_so_when_a_waiter_is_interrupted() {
        Thread.currentThread().interrupt();
        lock.lock();
        try {
            assertThatThrownBy(() -> clock.await(changed, Duration.ofSeconds(1)))
                    .isInstanceOf(InterruptedException.class);
        } finally {
            lock.unlock();
        }
        assertThat(clock.waiters()).isZero();
    }

    @Test
    void says_how_many_wait_when_others_do_not_come() {
        assertThatThrownBy(() -> clock.awaitWaiters(1, Duration.ofMillis(1)))
                .isInstanceOf(AssertionError.class)
                .hasMessage("expected 1 threads to wait within PT0.001S, but 0 do");
    }

    /** As a delivery thread does: looks at the clock, and waits for what is left, until nothing is. */
    private CompletableFuture<Long> waitUntil(Duration fromNow) {
        long due = clock.nanos() + fromNow.toNanos();
        CompletableFuture<Long> done = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            long now = clock.nanos();
            while (now - due < 0) {
                awaitOnce(Duration.ofNanos(due - now));
                now = clock.nanos();
            }
            done.complete(now);
        });
        thread.setDaemon(true);
        thread.start();
        return done;
    }

    private void awaitOnce(Duration atMost) {
        lock.lock();
        try {
            clock.await(changed, atMost);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        } finally {
            lock.unlock();
        }
    }

    private void signal() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
