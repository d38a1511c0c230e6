package dev.sluice.jdbc;

import dev.sluice.jdbc.SyncReport.TableReport;
import dev.sluice.jdbc.checkpoint.CheckpointStore;
import dev.sluice.jdbc.source.TablePlan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Runs the tables of an extractor, as the one runner on its checkpoints. */
final class Runner {
    private final List<TableRunner> tables;
    private final CheckpointStore checkpoints;
    private final Waits waits;
    private final int threads;
    private final Duration lockWait;

    /** @param parallel how many tables at most are synced at once */
    Runner(List<TableRunner> tables, CheckpointStore checkpoints, Waits waits, int parallel, Duration lockWait) {
        this.lockWait = lockWait;
        this.tables = List.copyOf(tables);
        this.checkpoints = checkpoints;
        this.waits = waits;
        this.threads = Math.min(parallel, tables.size());
    }

    /** What runs a plan's table. */
    TableRunner of(TablePlan plan) {
        return tables.stream().filter(table -> table.isOf(plan)).findFirst().orElseThrow();
    }

    /** One pass over each table. */
    SyncReport once() {
        Map<Integer, TableReport> reports = new ConcurrentSkipListMap<>();
        AtomicInteger next = new AtomicInteger();
        locked(() -> {
            for (int i = next.getAndIncrement(); i < tables.size() && waits.goesOn(); i = next.getAndIncrement()) {
                reports.put(i, tables.get(i).pass());
            }
        });
        return report(List.copyOf(reports.values()));
    }

    /** Passes over all tables until the extractor is stopped. */
    SyncReport always(Polling polling) {
        try {
            locked(new Schedule(tables, polling, waits)::work);
        } finally {
            tables.forEach(TableRunner::unplanned);
        }
        List<TableReport> reports = new ArrayList<>();
        tables.forEach(table -> table.last().ifPresent(reports::add));
        return report(reports);
    }

    List<TableStatus> status() {
        return tables.stream().map(TableRunner::status).toList();
    }

    private void locked(Runnable work) {
        CheckpointStore.Lock lock = checkpoints.lock(lockWait);
        try {
            Crew.run(threads, work);
        } finally {
            lock.close();
        }
    }

    private SyncReport report(List<TableReport> reports) {
        boolean early = reports.size() < tables.size() || reports.stream().anyMatch(Runner::isStopped);
        return new SyncReport(reports, early);
    }

    private static boolean isStopped(TableReport report) {
        return !report.complete() && report.error() == null;
    }
}
