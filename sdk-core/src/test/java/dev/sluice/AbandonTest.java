package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sluice.batch.Batch;
import dev.sluice.batch.BatchPolicy;
import dev.sluice.receipt.Receipt;
import dev.sluice.receipt.RowStatus;
import dev.sluice.row.Destination;
import dev.sluice.row.Row;
import dev.sluice.testkit.RecordingDeadLetters;
import dev.sluice.transport.Reply;
import dev.sluice.transport.Transport;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Threads that meet at the wrong moment, and attempts that do not come to an end. */
@Timeout(60)
class AbandonTest {
    private static final String TABLE = "bronze.events";
    private static final Duration LONG = Duration.ofSeconds(20);

    private final AtomicReference<Dispatcher> dispatcher = new AtomicReference<>();
    private final CountDownLatch arrived = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private final ConcurrentLinkedQueue<String> sent = new ConcurrentLinkedQueue<>();
    private final RecordingDeadLetters letters = new RecordingDeadLetters();

    @AfterEach
    void release() {
        released.countDown();
    }

    private StreamClient client(Reply answer) {
        return StreamClient.builder()
                .transport(new Stubborn(answer))
                .deadLetters(letters)
                .crew(own -> {
                    dispatcher.set(own);
                    return new Threads(own);
                })
                .build();
    }

    /** Its first attempt heeds no interrupt and no close. */
    private final class Stubborn implements Transport {
        private final Reply answer;

        Stubborn(Reply answer) {
            this.answer = answer;
        }

        @Override
        public Reply send(Batch batch, Duration timeout) {
            sent.add(batch.id().value());
            boolean first = arrived.getCount() > 0;
            arrived.countDown();
            while (first && released.getCount() > 0) {
                try {
                    released.await();
                } catch (InterruptedException e) {
                    continue;
                }
            }
            return first || answer instanceof Reply.NotSent ? answer : Replies.allWritten(batch);
        }

        @Override
        public void close() {}
    }

    private static StreamWriter merger(StreamClient client) {
        return client.writer(Destination.merge(TABLE, "id"))
                .linger(Duration.ZERO)
                .open();
    }

    private static CompletableFuture<RowStatus> write(StreamWriter writer, int id) {
        return writer.write(Row.json(PushTest.json(id)));
    }

    @Test
    void frees_the_place_of_an_attempt_that_a_closed_writer_gave_up() throws Exception {
        StreamClient client = client(Replies.written(1, 0));
        StreamWriter first = merger(client);
        CompletableFuture<RowStatus> given = write(first, 0);
        arrived.await();
        assertThat(Accounts.balanced(first.close(Duration.ZERO)).heldRows()).isEqualTo(1);
        assertThat(given).isCompletedExceptionally();
        released.countDown();
        try (StreamWriter second = merger(client)) {
            CompletableFuture<RowStatus> row = write(second, 1);
            assertThat(row.get(10, TimeUnit.SECONDS)).isEqualTo(RowStatus.ACCEPTED);
        }
        client.close();
    }

    @Test
    void keeps_the_place_of_an_attempt_that_was_given_up_until_it_ends() throws Exception {
        StreamClient client = client(Replies.written(1, 0));
        StreamWriter first = merger(client);
        CompletableFuture<RowStatus> ignored = write(first, 0);
        arrived.await();
        first.close(Duration.ZERO);
        CompletableFuture<Receipt> second =
                client.pushAsync(PushRequest.merge(TABLE, "id").rows(List.of(Row.json(PushTest.json(1)))));
        client.push("bronze.others", List.of(Row.json(PushTest.json(2))));
        assertThat(second).isNotDone();
        released.countDown();
        assertThat(second.get(10, TimeUnit.SECONDS).delivered()).isEqualTo(1);
        client.close();
    }

    @Test
    void keeps_what_was_delivered_of_a_split_batch_when_the_rest_does_not_end() throws Exception {
        Transport halves = new Transport() {
            private final Transport stubborn = new Stubborn(Replies.written(1, 0));

            @Override
            public Reply send(Batch batch, Duration timeout) {
                if (batch.rows() > 1) {
                    return Replies.refused(413);
                }
                return batch.firstRow() == 0 ? Replies.allWritten(batch) : stubborn.send(batch, timeout);
            }

            @Override
            public void close() {}
        };
        StreamClient client = StreamClient.builder().transport(halves).build();
        StreamWriter writer =
                client.writer(TABLE).batches(new BatchPolicy(2, 1_000)).open();
        CompletableFuture<RowStatus> first = write(writer, 0);
        CompletableFuture<RowStatus> second = write(writer, 1);
        arrived.await();
        CloseReport report = Accounts.balanced(writer.close(Duration.ZERO));
        assertThat(report.ledger()).isEqualTo(new Ledger(2, 1, 0, 0, 1, 0));
        assertThat(report.held()).singleElement().satisfies(held -> {
            assertThat(held.batch().rows()).isEqualTo(1);
            assertThat(held.batch().id().value()).endsWith(".0.1");
        });
        assertThat(first).isCompletedWithValue(RowStatus.ACCEPTED);
        assertThat(second).isCompletedExceptionally();
        released.countDown();
        client.close();
    }

    @Test
    void flushes_no_sooner_than_the_futures_of_the_rows_are_completed() throws Exception {
        StreamClient client =
                StreamClient.builder().transport(new ScriptedTransport()).build();
        StreamWriter writer = client.writer(TABLE).open();
        CompletableFuture<RowStatus> first = write(writer, 0);
        CompletableFuture<Void> callback = first.thenRun(() -> {
            arrived.countDown();
            awaitReleased();
        });
        CompletableFuture<RowStatus> second = write(writer, 1);
        CompletableFuture<Ledger> flushed = CompletableFuture.supplyAsync(() -> writer.flush(LONG));
        arrived.await();
        // Something else ends meanwhile, which makes the flush look again.
        client.push("bronze.others", List.of(Row.json(PushTest.json(2))));
        assertThatThrownBy(() -> flushed.get(300, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        released.countDown();
        assertThat(flushed.get(10, TimeUnit.SECONDS)).isEqualTo(new Ledger(2, 2, 0, 0, 0, 0));
        assertThat(second).isDone();
        callback.get(10, TimeUnit.SECONDS);
        client.close();
    }

    private void awaitReleased() {
        try {
            released.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void buries_nothing_that_was_reported_as_held() throws Exception {
        StreamClient client = client(Replies.refused(400));
        CompletableFuture<RowStatus> ignored = write(merger(client), 0);
        arrived.await();
        CloseReport report = Accounts.balanced(client.close(Duration.ZERO));
        assertThat(report.heldRows()).isEqualTo(1);
        released.countDown();
        awaitNoThread();
        assertThat(letters.letters()).isEmpty();
        assertThat(client.ledger()).isEqualTo(report.ledger());
    }

    @Test
    void ends_an_interrupted_push_soon_when_its_attempt_does_not_end() throws Exception {
        StreamClient client = client(Replies.written(1, 0));
        CompletableFuture<Throwable> ended = new CompletableFuture<>();
        Thread pusher = new Thread(() -> {
            ended.complete(catchThrowable(() -> client.push(TABLE, List.of(Row.json(PushTest.json(0))))));
        });
        pusher.start();
        arrived.await();
        pusher.interrupt();
        Throwable failure = ended.get(10, TimeUnit.SECONDS);
        assertThat(failure).isInstanceOf(PushException.Aborted.class).hasMessageContaining("rows may be written");
        assertThat(Accounts.balanced(((PushException) failure).receipt()).undelivered())
                .isEqualTo(1);
        client.close();
    }

    /** The pusher was let in, and the client is closed before it hands its batch over. */
    @Test
    void waits_for_a_push_that_was_let_in_when_it_closes() throws Exception {
        StreamClient client = client(Replies.written(1, 0));
        released.countDown();
        CompletableFuture<Throwable> ended = new CompletableFuture<>();
        Thread pusher = new Thread(() ->
                ended.complete(catchThrowable(() -> client.push(TABLE, List.of(Row.json(PushTest.json(0)))))));
        dispatcher.get().lock().lock();
        try {
            startAndQueue(pusher);
            CloseReport report = Accounts.balanced(client.close(LONG));
            assertThat(report.ledger().submitted()).isEqualTo(1);
        } finally {
            dispatcher.get().lock().unlock();
        }
        assertThat(ended.get(10, TimeUnit.SECONDS)).isNull();
    }

    @Test
    void aborts_a_push_that_was_let_in_before_an_abort_and_comes_after_it() throws Exception {
        StreamClient client = client(Replies.notSent());
        released.countDown();
        CompletableFuture<Throwable> ended = new CompletableFuture<>();
        Thread pusher = new Thread(() ->
                ended.complete(catchThrowable(() -> client.push(TABLE, List.of(Row.json(PushTest.json(0)))))));
        dispatcher.get().lock().lock();
        try {
            startAndQueue(pusher);
            client.abort();
        } finally {
            dispatcher.get().lock().unlock();
        }
        Throwable end = ended.get(10, TimeUnit.SECONDS);
        assertThat(end == null || end instanceof PushException.Aborted)
                .as("%s", end)
                .isTrue();
        Accounts.balanced(client.close(Duration.ZERO));
    }

    /** The thread's time without work is over, and work comes before it has the lock to go. */
    @Test
    void takes_work_that_comes_while_an_idle_thread_is_about_to_go() throws Exception {
        StreamClient client = StreamClient.builder()
                .transport(new ScriptedTransport())
                .crew(own -> {
                    dispatcher.set(own);
                    return new Threads(own, Duration.ofMillis(20));
                })
                .build();
        for (int round = 0; round < 3; round++) {
            client.push(TABLE, List.of(Row.json(PushTest.json(round))));
            dispatcher.get().lock().lock();
            CompletableFuture<Receipt> next;
            try {
                // Longer than the thread's patience; nobody else gets the lock meanwhile.
                assertThat(new CountDownLatch(1).await(60, TimeUnit.MILLISECONDS))
                        .isFalse();
                next = client.pushAsync(PushTest.append(1));
            } finally {
                dispatcher.get().lock().unlock();
            }
            assertThat(next.get(5, TimeUnit.SECONDS).delivered()).isEqualTo(1);
        }
        client.close();
    }

    /** The number of a batch is given under the writer's lock, or two of them might get the same. */
    @Test
    void names_no_refused_row_while_another_thread_cuts_a_batch() throws Exception {
        StreamClient client = client(Replies.written(1, 0));
        released.countDown();
        StreamWriter writer = client.writer(Destination.merge(TABLE, "id"))
                .batches(new BatchPolicy(1, 1_000))
                .open();
        Thread cutting = new Thread(() -> writer.offer(Row.json(PushTest.json(0))));
        Thread refusing = new Thread(() -> writer.offer(Row.json("{\"id\":null}")));
        dispatcher.get().lock().lock();
        try {
            startAndQueue(cutting);
            refusing.start();
            while (refusing.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
            assertThat(dispatcher.get().lock().hasQueuedThread(refusing)).isFalse();
        } finally {
            dispatcher.get().lock().unlock();
        }
        cutting.join();
        refusing.join();
        writer.close();
        assertThat(sent).doesNotContain(letters.only().batch().id().value());
        client.close();
    }

    /** Until the thread stands before the dispatcher's lock, which the caller holds. */
    private void startAndQueue(Thread thread) {
        thread.start();
        while (!dispatcher.get().lock().hasQueuedThread(thread)) {
            Thread.onSpinWait();
        }
    }

    /** Until every delivering thread has gone. */
    static void awaitNoThread() {
        long end = System.nanoTime() + LONG.toNanos();
        while (!sluiceThreads().isEmpty() && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        assertThat(sluiceThreads()).isEmpty();
    }

    static List<String> sluiceThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(Thread::isAlive)
                .map(Thread::getName)
                .filter(name -> name.startsWith("sluice"))
                .toList();
    }
}
