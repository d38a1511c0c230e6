package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.batch.Batch;
import dev.sluice.batch.BatchPolicy;
import dev.sluice.receipt.Receipt;
import dev.sluice.transport.ApiKey;
import dev.sluice.transport.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LifecycleTest extends PushTest {
    @AfterEach
    void clearInterrupt() {
        Thread.interrupted();
    }

    @Test
    void ends_and_keeps_the_flag_when_interrupted_during_backoff() {
        settings.batches(new BatchPolicy(2, 1_000));
        transport.answer(batch -> Replies.notSent());
        timing.duringPause(() -> Thread.currentThread().interrupt());
        PushException failure = fails(PushException.Aborted.class, 6);
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
        assertThat(transport.sent()).hasSize(1);
        assertThat(failure.receipt().undelivered()).isEqualTo(6);
    }

    @Test
    void buries_nothing_when_interrupted_during_the_last_attempt() {
        keepDeadLetters();
        retries(1, Duration.ofMinutes(2));
        Thread pusher = Thread.currentThread();
        transport.answer(batch -> {
            pusher.interrupt();
            return untilInterrupted();
        });
        try (StreamClient client =
                settings.crew(Threads::new).timing(Timing.system()).build()) {
            PushException failure = catchThrowableOfType(PushException.Aborted.class, () -> client.push(append(2)));
            assertThat(failure).hasMessageContaining("interrupted").hasMessageContaining("outcome is unknown");
            assertThat(Accounts.balanced(failure.receipt()).undelivered()).isEqualTo(2);
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(transport.sent()).hasSize(1);
        assertThat(letters.letters()).isEmpty();
    }

    /** A request that ends only because its thread is interrupted. */
    private static Reply untilInterrupted() {
        try {
            boolean over = new CountDownLatch(1).await(10, TimeUnit.SECONDS);
            throw new AssertionError("not interrupted within 10 s: " + over);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Replies.unreadable();
        }
    }

    @Test
    void counts_a_batch_as_delivered_when_the_interrupt_came_with_its_success() {
        settings.batches(new BatchPolicy(2, 1_000));
        transport.answer(batch -> {
            Thread.currentThread().interrupt();
            return Replies.allWritten(batch);
        });
        assertThat(fails(PushException.Aborted.class, 6).receipt().delivered()).isEqualTo(2);
        assertThat(transport.sent()).hasSize(1);
    }

    @Test
    void ends_a_waiting_push_at_once_when_closed_by_another_thread() throws Exception {
        CountDownLatch waiting = new CountDownLatch(1);
        StreamClient client = slowClient(waiting);
        CompletableFuture<Throwable> ended =
                CompletableFuture.supplyAsync(() -> catchThrowable(() -> client.push(append(2))));
        assertThat(waiting.await(10, TimeUnit.SECONDS)).isTrue();
        client.close(Duration.ZERO);
        Throwable failure = ended.get(5, TimeUnit.SECONDS);
        assertThat(failure).isInstanceOf(PushException.Aborted.class).hasMessageContaining("closed");
        assertThat(Accounts.balanced(((PushException) failure).receipt()).undelivered())
                .isEqualTo(2);
        assertThat(transport.sent()).hasSize(1);
    }

    /** A client on the machine's time that waits at least an hour after its first attempt. */
    private StreamClient slowClient(CountDownLatch waiting) {
        transport.answer(batch -> Replies.later(503, Duration.ofHours(1)));
        return StreamClient.builder()
                .transport(transport)
                .retries(RetryPolicy.DEFAULT.withDeadline(Duration.ofHours(9)))
                .listener(new PushListener() {
                    @Override
                    public void retrying(Batch batch, int attempt, String reason, Duration wait) {
                        waiting.countDown();
                    }
                })
                .build();
    }

    @Test
    void refuses_to_push_when_closed() {
        StreamClient client = settings.build();
        client.close();
        client.close();
        assertThatThrownBy(() -> client.push(append(1))).isInstanceOf(ClosedException.class);
        assertThatThrownBy(() -> client.push(batch("b", 1))).isInstanceOf(ClosedException.class);
        assertThat(transport.sent()).isEmpty();
        assertThat(transport.isClosed()).isTrue();
    }

    @Test
    void sends_no_further_batch_when_closed_between_two() throws Exception {
        CountDownLatch sending = new CountDownLatch(1);
        transport.answer(batch -> {
            sending.countDown();
            untilInterrupted();
            return Replies.allWritten(batch);
        });
        StreamClient client = settings.batches(new BatchPolicy(2, 1_000))
                .crew(Threads::new)
                .timing(Timing.system())
                .build();
        CompletableFuture<Throwable> ended =
                CompletableFuture.supplyAsync(() -> catchThrowable(() -> client.push(append(6))));
        assertThat(sending.await(10, TimeUnit.SECONDS)).isTrue();
        client.close(Duration.ZERO);
        Throwable failure = ended.get(5, TimeUnit.SECONDS);
        assertThat(failure).isInstanceOf(PushException.Aborted.class);
        Receipt receipt = Accounts.balanced(((PushException) failure).receipt());
        assertThat(receipt.delivered()).isEqualTo(2);
        assertThat(transport.sent()).hasSize(1);
    }

    @Test
    void changes_nothing_when_the_listener_throws() {
        settings.listener(new PushListener() {
            @Override
            public void retrying(Batch batch, int attempt, String reason, Duration wait) {
                throw new IllegalStateException("retrying");
            }

            @Override
            public void ended(Batch batch, Receipt.Part part, Duration elapsed) {
                throw new IllegalStateException("ended");
            }
        });
        transport.script(Replies.notSent());
        assertThat(push(3).delivered()).isEqualTo(3);
    }

    @Test
    void tells_the_listener_of_each_retry_and_each_end() {
        List<String> heard = new ArrayList<>();
        settings.batches(new BatchPolicy(2, 1_000)).listener(new PushListener() {
            @Override
            public void retrying(Batch batch, int attempt, String reason, Duration wait) {
                heard.add("retry " + attempt + " of " + batch.rows() + ": " + reason);
            }

            @Override
            public void ended(Batch batch, Receipt.Part part, Duration elapsed) {
                heard.add(part.status() + " " + part.rows());
            }
        });
        transport.script(Replies.refused(503));
        push(3);
        assertThat(heard).containsExactly("retry 1 of 2: HTTP 503: no", "ACCEPTED 2", "ACCEPTED 1");
    }

    @Test
    @SuppressWarnings("NullAway")
    void names_the_setting_that_is_null() {
        assertThatThrownBy(() -> settings.retries(null)).hasMessage("retries");
        assertThatThrownBy(() -> settings.batches(null)).hasMessage("batches");
        assertThatThrownBy(() -> settings.rowMapper(null)).hasMessage("rowMapper");
        assertThatThrownBy(() -> settings.listener(null)).hasMessage("listener");
        assertThatThrownBy(() -> settings.timing(null)).hasMessage("timing");
        assertThatThrownBy(() -> settings.onUnknown(null)).hasMessage("onUnknown");
        assertThatThrownBy(() -> settings.retryBudget(null)).hasMessage("retryBudget");
    }

    @Test
    void names_what_is_missing_when_address_or_key_are_not_set() {
        assertThatThrownBy(() -> StreamClient.builder().build()).hasMessageContaining("baseUrl is missing");
        assertThatThrownBy(() -> StreamClient.builder().baseUrl("http://h").build())
                .hasMessageContaining("apiKey is missing");
    }

    @Test
    void refuses_an_address_or_key_beside_a_transport() {
        assertThatThrownBy(() -> settings.baseUrl("http://user:secret@h").build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("transport excludes")
                .hasMessageNotContaining("secret");
        assertThatThrownBy(() -> StreamClient.builder()
                        .transport(transport)
                        .apiKey(ApiKey.of("k-1"))
                        .build())
                .hasMessageContaining("an apiKey")
                .hasMessageNotContaining("k-1");
    }

    @Test
    void passes_the_rows_through_the_mapper_that_is_set() {
        settings.rowMapper(value -> dev.sluice.row.Row.json("{\"v\":\"" + value + "\"}"));
        push(PushRequest.append(TABLE).rows(List.of("a", "b")));
        assertThat(transport.bodies()).containsExactly("{\"v\":\"a\"},{\"v\":\"b\"}");
    }
}
