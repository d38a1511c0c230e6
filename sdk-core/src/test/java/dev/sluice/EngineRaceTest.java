package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sluice.batch.Batch;
import dev.sluice.batch.BatchPolicy;
import dev.sluice.receipt.Receipt;
import dev.sluice.row.Destination;
import dev.sluice.transport.Reply;
import dev.sluice.transport.Transport;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Ends, cut-offs and late comers, on real threads or on work that is taken out by hand. */
@Timeout(60)
class EngineRaceTest extends PushTest {
    private final CountDownLatch release = new CountDownLatch(1);

    @AfterEach
    void letGo() {
        release.countDown();
        Thread.interrupted();
    }

    /** An attempt that no interrupt ends. */
    private Reply stuck(Batch batch) {
        boolean interrupted = false;
        while (release.getCount() > 0) {
            try {
                release.await();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return Replies.allWritten(batch);
    }

    private StreamClient threaded() {
        return settings.crew(Threads::new).timing(Timing.system()).build();
    }

    @Test
    void frees_the_place_of_an_attempt_that_was_given_up_when_it_ends() throws Exception {
        AtomicInteger sent = new AtomicInteger();
        transport.answer(batch -> sent.getAndIncrement() == 0 ? stuck(batch) : Replies.allWritten(batch));
        try (StreamClient client = threaded()) {
            StreamWriter writer = client.writer(Destination.merge(TABLE, "id"))
                    .linger(Duration.ZERO)
                    .open();
            CompletableFuture<?> row = writer.write(Map.of("id", 1));
            while (sent.get() == 0) {
                Thread.onSpinWait();
            }
            assertThat(writer.close(Duration.ZERO).heldRows()).isEqualTo(1);
            assertThat(row).isCompletedExceptionally();
            CompletableFuture<Receipt> next =
                    client.pushAsync(PushRequest.merge(TABLE, "id").rows(rows(1)));
            release.countDown();
            assertThat(next.get(30, TimeUnit.SECONDS).delivered()).isEqualTo(1);
            assertThat(client.ledger().held()).isEqualTo(1);
        }
    }

    @Test
    void tells_nobody_of_an_attempt_that_ends_after_it_was_given_up() {
        keepDeadLetters();
        HandCrew[] crew = new HandCrew[1];
        StreamClient client =
                settings.crew(dispatcher -> crew[0] = new HandCrew(dispatcher)).build();
        StreamWriter writer = client.writer(TABLE).linger(Duration.ofDays(1)).open();
        assertThat(writer.offer(Map.of("id", 1))).isTrue();
        assertThat(catchThrowable(() -> writer.flush(Duration.ZERO))).isInstanceOf(FlushTimeoutException.class);
        Job job = (Job) crew[0].take().orElseThrow();
        Batch piece = job.begin().orElseThrow();
        assertThat(writer.close(Duration.ZERO).held()).hasSize(1);
        job.finish(piece, Replies.refused(400));
        assertThat(letters.letters()).as("of %s", piece).isEmpty();
        assertThat(client.close(Duration.ZERO).isClean()).isTrue();
    }

    @Test
    void refuses_a_row_without_its_key_when_closed() {
        keepDeadLetters();
        try (StreamClient client = settings.build()) {
            StreamWriter writer = client.writer(Destination.merge(TABLE, "id")).open();
            writer.close();
            assertThatThrownBy(() -> writer.write(Map.of("n", 1))).isInstanceOf(ClosedException.class);
            assertThat(letters.letters()).isEmpty();
            assertThat(client.ledger().submitted()).isZero();
        }
    }

    @Test
    void says_false_for_a_row_without_its_key_when_there_is_no_room() {
        keepDeadLetters();
        HandCrew[] crew = new HandCrew[1];
        StreamClient client = settings.maxMemory(1_000)
                .crew(dispatcher -> crew[0] = new HandCrew(dispatcher))
                .build();
        StreamWriter writer = client.writer(Destination.merge(TABLE, "id")).open();
        for (int i = 0; writer.offer(Map.of("id", i)); i++) {}
        assertThat(writer.offer(Map.of("n", 1))).isFalse();
        client.close(Duration.ZERO);
    }

    @Test
    void names_no_two_batches_alike_when_rows_without_keys_come_by_several_threads() throws Exception {
        Set<String> ids = Collections.synchronizedSet(new TreeSet<>());
        AtomicInteger twice = new AtomicInteger();
        settings.deadLetters(
                letter -> twice.addAndGet(ids.add(letter.batch().id().value()) ? 0 : 1));
        try (StreamClient client = threaded()) {
            StreamWriter writer = client.writer(Destination.merge(TABLE, "id")).open();
            together(4, thread -> IntStream.range(0, 2_000).forEach(i -> writer.offer(Map.of("n", i))));
        }
        assertThat(twice).hasValue(0);
    }

    private static void together(int threads, java.util.function.IntConsumer work) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        CountDownLatch start = new CountDownLatch(1);
        List<CompletableFuture<Void>> all = IntStream.range(0, threads)
                .mapToObj(thread -> CompletableFuture.runAsync(
                        () -> {
                            try {
                                start.await();
                            } catch (InterruptedException e) {
                                throw new AssertionError(e);
                            }
                            work.accept(thread);
                        },
                        pool))
                .toList();
        start.countDown();
        try {
            for (CompletableFuture<Void> one : all) {
                one.get(30, TimeUnit.SECONDS);
            }
        } finally {
            pool.shutdown();
        }
    }

    /** Threads, and a moment after a wait for room in which anything may happen. */
    private record Delaying(Threads threads, CountDownLatch waiting, Runnable afterWait) implements Crew {
        @Override
        public void wake() {
            threads.wake();
        }

        @Override
        public void tell() {
            threads.tell();
        }

        @Override
        public boolean await(BooleanSupplier done, Duration atMost) throws InterruptedException {
            waiting.countDown();
            boolean is = threads.await(done, atMost);
            afterWait.run();
            return is;
        }

        @Override
        public void close() {
            threads.close();
        }
    }

    @Test
    void ends_a_push_that_was_let_in_before_the_close_and_comes_after_it() throws Exception {
        AtomicInteger waits = new AtomicInteger();
        CountDownLatch waiting = new CountDownLatch(1);
        AtomicReference<StreamClient> client = new AtomicReference<>();
        AtomicReference<CompletableFuture<CloseReport>> closing = new AtomicReference<>();
        Runnable closes = () -> {
            if (waits.getAndIncrement() == 0) {
                closing.set(CompletableFuture.supplyAsync(() -> client.get().close(Duration.ofMinutes(1))));
                Throwable early = catchThrowable(() -> closing.get().get(300, TimeUnit.MILLISECONDS));
                assertThat(early).as("a close that waits").isInstanceOf(TimeoutException.class);
            }
        };
        transport.answer(batch -> release.getCount() > 0 ? stuck(batch) : Replies.notSent());
        client.set(settings.maxMemory(1_000)
                .timing(Timing.system())
                .crew(dispatcher -> new Delaying(new Threads(dispatcher), waiting, closes))
                .build());
        CompletableFuture<Receipt> first = client.get().pushAsync(append(8));
        CompletableFuture<Throwable> second = CompletableFuture.supplyAsync(
                () -> catchThrowable(() -> client.get().push(append(3))));
        // Only then is there room, or it would not wait.
        assertThat(waiting.await(30, TimeUnit.SECONDS)).isTrue();
        release.countDown();
        assertThat(second.get(30, TimeUnit.SECONDS)).isInstanceOf(ClosedException.class);
        assertThat(closing.get().get(30, TimeUnit.SECONDS).ledger().pending()).isZero();
        assertThat(first.get(30, TimeUnit.SECONDS).delivered()).isEqualTo(8);
    }

    @Test
    void reports_what_a_cancelled_push_leaves_behind() {
        HandCrew[] crew = new HandCrew[1];
        StreamClient client =
                settings.crew(dispatcher -> crew[0] = new HandCrew(dispatcher)).build();
        CompletableFuture<Receipt> push = client.pushAsync(append(3));
        assertThat(push.cancel(true)).isTrue();
        assertThat(client.close(Duration.ZERO).heldRows()).isEqualTo(3);
    }

    @Test
    void reports_what_is_left_when_the_transport_fails_to_close() {
        HandCrew[] crew = new HandCrew[1];
        Transport failing = new Transport() {
            @Override
            public Reply send(Batch batch, Duration timeout) {
                return Replies.allWritten(batch);
            }

            @Override
            public void close() {
                throw new IllegalStateException("closed already");
            }
        };
        StreamClient client = settings.transport(failing)
                .crew(dispatcher -> crew[0] = new HandCrew(dispatcher))
                .build();
        CompletableFuture<Receipt> push = client.pushAsync(append(3));
        assertThat(client.close(Duration.ZERO).heldRows()).isEqualTo(3);
        assertThat(push).isCompletedExceptionally();
        assertThat(crew[0].isClosed()).isTrue();
    }

    @Test
    void waits_for_what_it_cut_off_when_closed_by_a_thread_that_is_interrupted() throws Exception {
        CountDownLatch sending = new CountDownLatch(1);
        transport.answer(batch -> {
            sending.countDown();
            try {
                release.await();
            } catch (InterruptedException e) {
                // It is written all the same, after a while.
                CompletableFuture<Void> later = CompletableFuture.runAsync(
                        () -> {}, CompletableFuture.delayedExecutor(100, TimeUnit.MILLISECONDS));
                later.join();
            }
            return Replies.allWritten(batch);
        });
        StreamClient client = threaded();
        StreamWriter writer = client.writer(TABLE).linger(Duration.ZERO).open();
        CompletableFuture<?> row = writer.write(Map.of("id", 1));
        assertThat(sending.await(30, TimeUnit.SECONDS)).isTrue();
        Thread.currentThread().interrupt();
        CloseReport report = writer.close(Duration.ofSeconds(10));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(report.ledger().delivered()).isEqualTo(1);
        assertThat(row).isCompleted();
        client.close();
    }

    @Test
    void sends_nothing_when_aborted_between_the_taking_of_a_job_and_its_attempt() {
        HandCrew[] crew = new HandCrew[1];
        StreamClient[] client = new StreamClient[1];
        // The clock is read between the two.
        AtomicInteger abortAt = new AtomicInteger(Integer.MAX_VALUE);
        Timing aborting = new Timing() {
            @Override
            public long nanos() {
                if (abortAt.decrementAndGet() == 0) {
                    client[0].abort();
                }
                return timing.nanos();
            }

            @Override
            public java.time.Instant now() {
                return timing.now();
            }

            @Override
            public void await(java.util.concurrent.locks.Condition condition, Duration atMost) {}
        };
        client[0] = settings.timing(aborting)
                .crew(dispatcher -> crew[0] = new HandCrew(dispatcher))
                .build();
        CompletableFuture<Receipt> push = client[0].pushAsync(append(3));
        Runnable job = crew[0].take().orElseThrow();
        abortAt.set(2);
        job.run();
        assertThat(push).isCompletedExceptionally();
        assertThat(transport.sent()).isEmpty();
        client[0].close(Duration.ZERO);
    }

    @Test
    void keeps_no_alarm_of_a_writer_that_is_closed() {
        HandCrew[] crew = new HandCrew[1];
        StreamClient client =
                settings.crew(dispatcher -> crew[0] = new HandCrew(dispatcher)).build();
        StreamWriter writer = client.writer(TABLE).linger(Duration.ofDays(1)).open();
        assertThat(writer.offer(Map.of("id", 1))).isTrue();
        assertThat(crew[0].dueIn()).contains(Duration.ofDays(1));
        writer.close(Duration.ZERO);
        assertThat(crew[0].dueIn()).isEqualTo(Optional.empty());
        client.close();
    }

    @Test
    void stays_within_its_memory_when_held_rows_stay_and_others_come() throws Exception {
        keepDeadLetters();
        settings.maxMemory(4_000)
                .maxBlock(Duration.ZERO)
                .batches(new BatchPolicy(5, 1_000))
                .deadLetters(letter -> {
                    throw new IllegalStateException("disk full");
                });
        transport.answer(batch -> Replies.written(0, 1));
        AtomicInteger most = new AtomicInteger();
        StreamClient client = threaded();
        StreamWriter writer = client.writer(TABLE).linger(Duration.ZERO).open();
        StreamWriter other = client.writer("a.other").linger(Duration.ZERO).open();
        together(4, thread -> {
            for (int i = 0; i < 3_000; i++) {
                boolean ignored = (thread % 2 == 0 ? writer : other).offer(Map.of("id", i));
                most.accumulateAndGet((int) client.pendingBytes(), Math::max);
                if (i % 50 == 0) {
                    writer.takeHeld();
                    other.takeHeld();
                }
            }
        });
        assertThat(client.close(Duration.ofSeconds(5)).ledger().pending()).isZero();
        assertThat(most.get()).isLessThanOrEqualTo(4_000);
    }
}
