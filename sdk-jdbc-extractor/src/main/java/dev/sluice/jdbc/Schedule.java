package dev.sluice.jdbc;

import dev.sluice.jdbc.SyncReport.TableReport;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Gives each table its next pass when its time has come, those first that wait for the longest. Shared by the threads
 * that run passes, of which there are at most as many as tables.
 */
final class Schedule {
    private static final class Entry {
        final TableRunner table;
        Duration interval;
        long due;
        boolean taken;

        Entry(TableRunner table, Duration interval, long due) {
            this.table = table;
            this.interval = interval;
            this.due = due;
        }
    }

    private final Polling polling;
    private final Waits waits;
    private final List<Entry> entries;

    /** Every table is due at once. */
    Schedule(List<TableRunner> tables, Polling polling, Waits waits) {
        this.polling = polling;
        this.waits = waits;
        long now = waits.nanos();
        this.entries = tables.stream()
                .map(table -> new Entry(table, polling.floor(), now))
                .toList();
    }

    /** Runs passes until the extractor is stopped or the thread interrupted. */
    void work() {
        while (waits.goesOn()) {
            Optional<Entry> turn = take();
            if (turn.isPresent()) {
                TableReport report = turn.get().table.pass();
                putBack(turn.get(), report);
            } else {
                // Whoever runs a pass meanwhile looks after its table by itself.
                boolean ignored = waits.pause(untilNext());
            }
        }
    }

    private synchronized Optional<Entry> take() {
        Optional<Entry> first = first().filter(entry -> entry.due - waits.nanos() <= 0);
        first.ifPresent(entry -> entry.taken = true);
        return first;
    }

    private synchronized void putBack(Entry entry, TableReport report) {
        Duration wait = polling.after(report, entry.table.slowed(), entry.interval);
        entry.interval = wait.isZero() ? entry.interval : wait;
        entry.due = waits.nanos() + wait.toNanos();
        entry.taken = false;
        if (waits.goesOn()) {
            entry.table.planned(wait);
        }
    }

    private synchronized Duration untilNext() {
        return Duration.ofNanos(
                first().map(entry -> Math.max(0, entry.due - waits.nanos())).orElse(0L));
    }

    private Optional<Entry> first() {
        long now = waits.nanos();
        return entries.stream().filter(entry -> !entry.taken).min(Comparator.comparingLong(entry -> entry.due - now));
    }
}
