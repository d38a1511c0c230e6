package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.batch.BatchId;
import dev.sluice.batch.BatchPolicy;
import dev.sluice.batch.RowBuffer;
import dev.sluice.jdbc.checkpoint.Cursor;
import dev.sluice.jdbc.checkpoint.PendingRange;
import dev.sluice.jdbc.checkpoint.PendingRange.Phase;
import dev.sluice.jdbc.source.Page;
import dev.sluice.jdbc.source.Reading.Extent;
import dev.sluice.jdbc.source.Slice;
import dev.sluice.row.Destination;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ReadAheadTest {
    private static final Slice ALL = new Slice(Phase.LOAD, null, null, null);
    private static final BatchPolicy TEN = new BatchPolicy(10, 1_000);

    private final Queue<Extent> extents = new ConcurrentLinkedQueue<>();
    private final AtomicLong clock = new AtomicLong();

    @Test
    void reads_on_the_callers_thread_alone_when_the_first_page_is_the_last() {
        try (ReadAhead pages = ahead((rest, extent) -> {
            assertThat(Thread.currentThread().getName()).doesNotStartWith("sluice-read");
            return List.of(page(10, 10, true));
        })) {
            assertThat(pages.next()).hasSize(1);
        }
    }

    @Test
    void has_begun_to_read_what_comes_next_before_it_is_asked_for() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        try (ReadAhead pages = ahead((rest, extent) -> {
            if (rest.from() != null) {
                assertThat(Thread.currentThread().getName()).isEqualTo("sluice-read t");
                begun.countDown();
            }
            return List.of(page(10, 10, rest.from() != null));
        })) {
            pages.next();
            assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(pages.next().get(0).last()).isTrue();
        }
    }

    @Test
    void reads_on_behind_the_last_page() {
        Queue<Slice> read = new ConcurrentLinkedQueue<>();
        try (ReadAhead pages = ahead((rest, extent) -> {
            read.add(rest);
            return List.of(page(1, 10, false), page(read.size() + 1, 10, read.size() == 3));
        })) {
            for (int i = 0; i < 3; i++) {
                pages.next();
            }
        }
        assertThat(read).extracting(Slice::from).containsExactly(null, place(2), place(3));
    }

    @Test
    void reads_page_by_page_when_it_must_not_read_ahead() {
        try (ReadAhead pages = new ReadAhead("t", ALL, TEN, 1, false, (rest, extent) -> {
            extents.add(extent);
            return List.of(page(10, 10, false));
        })) {
            pages.next();
            assertThat(extents).hasSize(1);
            pages.next();
            pages.next();
        }
        assertThat(extents).containsExactly(new Extent(10, 1), new Extent(10, 1), new Extent(10, 1));
    }

    @Test
    void reads_twice_as_much_each_time_when_that_takes_little_time() {
        read(4, 0, 10, 100);
        assertThat(extents)
                .startsWith(new Extent(10, 1), new Extent(20, 2_000), new Extent(40, 4_000), new Extent(80, 8_000));
    }

    @Test
    void reads_no_more_than_64_pages() {
        read(40, 0, 10, 100);
        assertThat(extents).endsWith(new Extent(640, 64_000), new Extent(640, 64_000));
    }

    @Test
    void reads_no_more_than_its_share_of_an_eighth_of_the_heap() {
        long most = Math.min(16_000_000, Runtime.getRuntime().maxMemory() / 8) / 4;
        try (ReadAhead pages = new ReadAhead("t", ALL, BatchPolicy.DEFAULT, 4, true, this::many, clock::get)) {
            for (int i = 0; i < 10; i++) {
                pages.next();
            }
        }
        assertThat(extents).last().extracting(Extent::bytes).isEqualTo(most);
    }

    private List<Page> many(Slice rest, Extent extent) {
        extents.add(extent);
        return List.of(page(10, 1_000, extents.size() == 10));
    }

    @Test
    void reads_half_as_much_each_time_when_that_takes_long_but_a_page_at_least() {
        read(8, 3_000_000_000L, 10, 100);
        assertThat(extents).endsWith(new Extent(10, 1_000 >> 6), new Extent(10, 1_000 >> 7));
    }

    @Test
    void asks_for_whole_pages() {
        read(3, 1_000_000_000L, 7, 55);
        assertThat(extents).endsWith(new Extent(10, 1_000), new Extent(10, 1_000));
    }

    @Test
    void asks_for_few_rows_when_they_are_long() {
        read(3, 1_000_000_000L, 1, 900);
        assertThat(extents).endsWith(new Extent(2, 1_000), new Extent(2, 1_000));
    }

    @Test
    void goes_on_when_a_page_has_no_row_that_is_sent() {
        try (ReadAhead pages = ahead((rest, extent) -> {
            extents.add(extent);
            return List.of(new Page(null, range(1, 0), extents.size() == 2, 10, List.of(), Map.of()));
        })) {
            pages.next();
            assertThat(pages.next()).hasSize(1);
        }
        assertThat(extents).endsWith(new Extent(640, 2_000));
    }

    @Test
    void throws_what_reading_ahead_failed_by_only_when_it_is_asked_for() {
        IllegalStateException failure = new IllegalStateException("gone");
        try (ReadAhead pages = ahead((rest, extent) -> {
            if (rest.from() != null) {
                throw failure;
            }
            return List.of(page(10, 10, false));
        })) {
            assertThat(pages.next()).hasSize(1);
            assertThatThrownBy(pages::next).isSameAs(failure);
        }
    }

    @Test
    void waits_at_its_close_for_what_is_being_read() throws InterruptedException {
        CountDownLatch closing = new CountDownLatch(1);
        AtomicBoolean ended = new AtomicBoolean();
        ReadAhead pages = ahead((rest, extent) -> {
            if (rest.from() != null) {
                await(closing);
                ended.set(true);
            }
            return List.of(page(10, 10, false));
        });
        pages.next();
        Thread closer = new Thread(pages::close);
        closer.start();
        closing.countDown();
        closer.join();
        assertThat(ended).isTrue();
    }

    @Test
    void passes_an_interrupt_on_to_what_is_being_read_and_keeps_it() {
        try (ReadAhead pages = ahead((rest, extent) -> {
            if (rest.from() != null) {
                await(new CountDownLatch(1));
            }
            return List.of(page(10, 10, false));
        })) {
            pages.next();
            Thread.currentThread().interrupt();
            assertThatThrownBy(pages::next).hasMessage("interrupted");
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    /** Reads so many times, each with one page of so many rows of so many bytes, between which so much time passes. */
    private void read(int times, long nanos, int rows, int rowBytes) {
        try (ReadAhead pages = ahead((rest, extent) -> {
            extents.add(extent);
            return List.of(page(rows, rowBytes, extents.size() == times));
        })) {
            for (int i = 0; i < times; i++) {
                clock.addAndGet(nanos);
                pages.next();
            }
        }
    }

    private ReadAhead ahead(ReadAhead.Reader reader) {
        return new ReadAhead("t", ALL, TEN, 1, true, reader, clock::get);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static Page page(int rows, int rowBytes, boolean last) {
        RowBuffer buffer = new RowBuffer();
        for (int i = 0; i < rows; i++) {
            buffer.json().string("x".repeat(rowBytes - 2));
            buffer.endRow();
        }
        return new Page(
                buffer.toBatch(new BatchId("b"), Destination.append("bronze.t")),
                range(rows, rows),
                last,
                0,
                List.of(),
                Map.of());
    }

    private static PendingRange range(int to, int rows) {
        return new PendingRange(Phase.LOAD, null, place(to), null, rows, "b", 1, "2025-01-01T00:00:00Z");
    }

    private static Cursor place(int id) {
        return new Cursor(null, List.of(Integer.toString(id)));
    }
}
