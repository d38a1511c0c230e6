package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.BufferFullException;
import dev.sluice.PushRequest;
import dev.sluice.StreamClient;
import dev.sluice.jdbc.checkpoint.Cursor;
import dev.sluice.jdbc.checkpoint.PendingRange;
import dev.sluice.jdbc.checkpoint.PendingRange.Phase;
import dev.sluice.jdbc.source.Page;
import dev.sluice.receipt.Receipt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ShipmentTest {
    private static final List<Page> PAGES =
            IntStream.range(0, 20).mapToObj(ShipmentTest::page).toList();

    private final BufferFullException full = full();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final List<Page> settled = Collections.synchronizedList(new ArrayList<>());
    private final Queue<Page> sent = new ConcurrentLinkedQueue<>();

    @RepeatedTest(20)
    void sends_each_page_once_and_settles_all_in_their_order() {
        shipment(page -> {}).send(4);
        assertThat(sent).containsExactlyInAnyOrderElementsOf(PAGES);
        assertThat(settled).isEqualTo(PAGES);
    }

    @Test
    void sends_in_order_when_one_goes_at_a_time() {
        shipment(page -> {}).send(1);
        assertThat(sent).containsExactlyElementsOf(PAGES);
    }

    @Test
    void settles_nothing_behind_a_page_that_is_still_on_its_way() {
        CountDownLatch others = new CountDownLatch(PAGES.size() - 1);
        Shipment shipment = shipment(page -> {
            if (page == PAGES.get(0)) {
                await(others);
                assertThat(settled).isEmpty();
            } else {
                others.countDown();
            }
        });
        shipment.send(4);
        assertThat(settled).isEqualTo(PAGES);
    }

    @Test
    void begins_no_other_page_when_one_fails_and_settles_those_before_it() {
        Shipment shipment = shipment(page -> {
            if (page == PAGES.get(5)) {
                throw new IllegalStateException("refused");
            }
        });
        assertThatThrownBy(() -> shipment.send(1)).hasMessage("refused");
        shipment.settle();
        assertThat(settled).isEqualTo(PAGES.subList(0, 5));
        assertThat(shipment.untouched()).isEqualTo(PAGES.subList(6, 20));
    }

    @Test
    void leaves_pages_that_arrived_behind_a_failed_one_unsettled() {
        CountDownLatch second = new CountDownLatch(1);
        Shipment shipment = shipment(page -> {
            if (page == PAGES.get(0)) {
                await(second);
                throw new IllegalStateException("refused");
            }
            second.countDown();
        });
        assertThatThrownBy(() -> shipment.send(2)).hasMessage("refused");
        shipment.settle();
        assertThat(settled).isEmpty();
        assertThat(sent).isNotEmpty();
        assertThat(shipment.untouched()).doesNotContainAnyElementsOf(sent).doesNotContain(PAGES.get(0));
    }

    @RepeatedTest(20)
    void leaves_a_page_to_others_when_there_is_no_room_for_it_now() {
        AtomicBoolean hasNoRoom = new AtomicBoolean(true);
        CountDownLatch two = new CountDownLatch(2);
        Shipment shipment = shipment(page -> {
            two.countDown();
            await(two);
            if (page == PAGES.get(0) && hasNoRoom.getAndSet(false)) {
                throw full;
            }
        });
        shipment.send(2);
        assertThat(sent).containsExactlyInAnyOrderElementsOf(PAGES);
        assertThat(settled).isEqualTo(PAGES);
    }

    @Test
    void fails_when_there_is_no_room_though_nothing_else_is_on_its_way() {
        AtomicInteger tries = new AtomicInteger();
        Shipment shipment = shipment(page -> {
            tries.incrementAndGet();
            throw full;
        });
        assertThatThrownBy(() -> shipment.send(1)).isInstanceOf(BufferFullException.class);
        assertThat(tries).hasValue(1);
        assertThat(shipment.untouched()).isEqualTo(PAGES.subList(1, PAGES.size()));
        assertThat(settled).isEmpty();
    }

    @Test
    void keeps_a_page_that_found_no_room_among_those_that_may_have_been_sent() {
        Shipment shipment = shipment(page -> {
            if (page == PAGES.get(0)) {
                throw full;
            }
        });
        assertThatThrownBy(() -> shipment.send(2)).isInstanceOf(BufferFullException.class);
        assertThat(sent)
                .doesNotContain(PAGES.get(0))
                .allMatch(page -> !shipment.untouched().contains(page));
        assertThat(shipment.untouched()).doesNotContain(PAGES.get(0));
        shipment.settle();
        assertThat(settled).isEmpty();
    }

    @Test
    void begins_no_other_page_when_it_is_stopped() {
        Shipment shipment = shipment(page -> stopped.set(page == PAGES.get(4)));
        assertThat(shipment.send(1)).isFalse();
        assertThat(settled).isEqualTo(PAGES.subList(0, 5));
        assertThat(shipment.untouched()).isEqualTo(PAGES.subList(5, 20));
    }

    /** A real one, of a client that has no room beside a batch whose answer is awaited. */
    private static BufferFullException full() {
        CountDownLatch release = new CountDownLatch(1);
        RecordingLake lake = new RecordingLake();
        lake.beforeAnswer(batch -> await(release));
        PushRequest request = PushRequest.append("bronze.t").rows(List.of(Map.of("text", "x".repeat(400))));
        try (StreamClient client = StreamClient.builder()
                .transport(lake)
                .maxMemory(1_000)
                .maxBlock(Duration.ZERO)
                .build()) {
            CompletableFuture<Receipt> first = client.pushAsync(request);
            BufferFullException full = catchThrowableOfType(BufferFullException.class, () -> client.push(request));
            release.countDown();
            first.join();
            return full;
        }
    }

    private Shipment shipment(Consumer<Page> before) {
        return new Shipment(
                "test",
                PAGES,
                page -> {
                    before.accept(page);
                    sent.add(page);
                },
                settled::addAll,
                stopped::get);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Page page(int number) {
        Cursor to = new Cursor(null, List.of(Integer.toString(number)));
        PendingRange range = new PendingRange(Phase.LOAD, null, to, null, 1, "b" + number, number, "t");
        return new Page(null, range, false, 0, List.of(), Map.of());
    }
}
