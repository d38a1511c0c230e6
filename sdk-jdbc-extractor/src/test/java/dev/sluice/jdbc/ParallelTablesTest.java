package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.PushException;
import dev.sluice.StreamClient;
import dev.sluice.batch.BatchPolicy;
import dev.sluice.jdbc.SyncReport.TableReport;
import dev.sluice.jdbc.source.TablePlan;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ParallelTablesTest {
    private static final int TABLES = 4;

    private final TestDatabase db = new TestDatabase();
    private final ManyTables tables = new ManyTables(db, TABLES);
    private final RecordingLake lake = new RecordingLake();
    private final StreamClient client =
            StreamClient.builder().maxInFlight(1).transport(lake).build();
    private final CrashingStore store = new CrashingStore();

    @BeforeEach
    void fill_tables() {
        for (int i = 1; i <= TABLES; i++) {
            tables.fill(i, 1, 20);
        }
    }

    @AfterEach
    void close() {
        client.close();
        db.close();
    }

    @Test
    void syncs_as_many_tables_at_once_as_asked_and_no_more() {
        CyclicBarrier pairs = new CyclicBarrier(2);
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        Set<String> threads = ConcurrentHashMap.newKeySet();
        SyncListener listener = new SyncListener() {
            @Override
            public void tableStarted(String source, String destination, long expectedRows) {
                threads.add(Thread.currentThread().getName());
                most.accumulateAndGet(running.incrementAndGet(), Math::max);
                meet(pairs);
            }

            @Override
            public void tableEnded(TableReport report) {
                running.decrementAndGet();
            }
        };
        SyncReport report = extractor(2).listener(listener).build().syncOnce();
        assertThat(report.isClean()).isTrue();
        assertThat(most).hasValue(2);
        assertThat(threads).containsExactlyInAnyOrder("sluice-table-1", "sluice-table-2");
        assertThat(lake.rows()).hasSize(TABLES * 20);
        assertThat(store.list()).hasSize(TABLES);
    }

    @Test
    void reports_in_the_order_of_the_plans_when_the_first_table_ends_last() {
        CountDownLatch others = new CountDownLatch(TABLES - 1);
        SyncListener listener = new SyncListener() {
            @Override
            public void tableStarted(String source, String destination, long expectedRows) {
                if (source.equals("public.t1")) {
                    await(others);
                }
            }

            @Override
            public void tableEnded(TableReport report) {
                others.countDown();
            }
        };
        SyncReport report = extractor(2).listener(listener).build().syncOnce();
        assertThat(report.tables())
                .extracting(TableReport::source)
                .containsExactly("public.t1", "public.t2", "public.t3", "public.t4");
        assertThat(report.isClean()).isTrue();
    }

    @Test
    void syncs_the_others_when_one_table_fails() {
        JdbcExtractor.Builder builder = extractor(3)
                .table(TablePlan.of("nobody", "bronze.nobody")
                        .watermark("updated_at")
                        .key("id"));
        SyncReport report = builder.build().syncOnce();
        assertThat(report.tables().get(TABLES).error()).hasMessageContaining("there is no table or view nobody");
        assertThat(report.rows()).isEqualTo(TABLES * 20);
        assertThat(report.stopped()).isFalse();
    }

    @Test
    void ends_every_table_behind_its_page_when_it_is_stopped() {
        JdbcExtractor extractor = extractor(2).build();
        CyclicBarrier both = new CyclicBarrier(2, extractor::stop);
        lake.beforeAnswer(batch -> meet(both));
        SyncReport report = extractor.syncOnce();
        assertThat(report.stopped()).isTrue();
        assertThat(report.tables()).hasSize(2).allSatisfy(table -> {
            assertThat(table.rows()).isEqualTo(10);
            assertThat(table.error()).isNull();
        });
    }

    @Test
    void ends_soon_and_keeps_the_flag_when_the_caller_is_interrupted() {
        CountDownLatch never = new CountDownLatch(1);
        Thread caller = Thread.currentThread();
        CyclicBarrier both = new CyclicBarrier(2, caller::interrupt);
        lake.beforeAnswer(batch -> {
            meet(both);
            await(never);
        });
        SyncReport report = extractor(2).build().syncOnce();
        boolean interrupted = Thread.interrupted();
        never.countDown();
        assertThat(interrupted).isTrue();
        assertThat(report.tables())
                .hasSize(2)
                .allSatisfy(table -> assertThat(table.error()).isInstanceOf(PushException.Aborted.class));
        lake.beforeAnswer(batch -> {});
        assertThat(extractor(2).build().syncOnce().isClean()).isTrue();
        assertThat(store.list())
                .hasSize(TABLES)
                .allSatisfy(one -> assertThat(one.rows()).isEqualTo(20));
    }

    @Test
    void throws_what_a_table_died_of_when_all_have_ended() {
        lake.beforeAnswer(batch -> store.crash());
        JdbcExtractor extractor = extractor(2).build();
        assertThatThrownBy(extractor::syncOnce).isInstanceOf(CrashingStore.CrashError.class);
        lake.beforeAnswer(batch -> {});
        SyncReport report = extractor.syncOnce();
        assertThat(report.isClean()).isTrue();
    }

    @Test
    void holds_no_more_connections_than_tables_at_once() {
        AtomicInteger open = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        FaultyConnections counted = new FaultyConnections(db.dataSource(), (connection, method, arguments) -> {
            if (method.equals("getAutoCommit")) {
                most.accumulateAndGet(open.incrementAndGet(), Math::max);
            } else if (method.equals("close")) {
                open.decrementAndGet();
            }
            return arguments;
        });
        JdbcExtractor.Builder builder =
                JdbcExtractor.builder(counted.source(), client).parallelTables(2);
        plans().forEach(builder::table);
        assertThat(builder.build().syncOnce().isClean()).isTrue();
        assertThat(most.get()).isBetween(1, 2);
    }

    @Test
    void refuses_less_than_one_table_at_once() {
        assertThatThrownBy(() -> extractor(0)).hasMessage("parallelTables must be at least 1, found 0");
    }

    private static void meet(CyclicBarrier barrier) {
        try {
            barrier.await(30, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            boolean ignored = latch.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static List<TablePlan> plans() {
        return java.util.stream.IntStream.rangeClosed(1, TABLES)
                .mapToObj(ManyTables::plan)
                .toList();
    }

    private JdbcExtractor.Builder extractor(int parallel) {
        JdbcExtractor.Builder builder = JdbcExtractor.builder(db.dataSource(), client)
                .checkpoints(store)
                .pages(new BatchPolicy(10, 1_000_000))
                .parallelTables(parallel);
        plans().forEach(builder::table);
        return builder;
    }
}
