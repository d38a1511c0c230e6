package dev.sluice.sync;

import dev.sluice.Ledger;
import dev.sluice.jdbc.SyncReport;
import dev.sluice.jdbc.source.TablePlan;
import java.nio.file.Path;
import java.util.List;

/** Says what a pass did. */
final class Results {
    /** The library counts rows held back up to here. */
    private static final int COUNT_LIMIT = 10_000;

    private final Console console;
    private final ConfigFile config;

    Results(Console console, ConfigFile config) {
        this.console = console;
        this.config = config;
    }

    void print(SyncJob.Pass pass, List<TablePlan> plans, boolean stopped) {
        SyncReport report = pass.report();
        report.tables().forEach(table -> console.result(line(table)));
        console.result(total(report));
        report.tables().forEach(this::problem);
        report.tables().forEach(this::waiting);
        unvisited(report, plans);
        left(pass.ledger(), pass.trouble());
        if (stopped) {
            console.progress(
                    pass.isDelivered()
                            ? "stopped; everything was delivered before"
                            : "stopped before the end; the next sync goes on from there");
        }
    }

    private void left(Ledger ledger, String trouble) {
        if (ledger.dead() > 0) {
            console.progress(Words.count(ledger.dead(), "row") + " could not be delivered and "
                    + (ledger.dead() == 1 ? "is" : "are") + " kept in "
                    + config.spool().orElseGet(config::deadLetters)
                    + ": dead-letters list says why");
        }
        if (ledger.pending() > 0) {
            console.progress(Words.count(ledger.pending(), "row")
                    + (ledger.pending() == 1 ? " waits in " : " wait in ")
                    + config.spool().map(Path::toString).orElse("memory") + ": the next sync sends them"
                    + (trouble.isEmpty() ? "" : ". Why not this one: " + trouble));
        }
    }

    private static String line(SyncReport.TableReport table) {
        return table.source() + " -> " + table.destination() + ": " + Words.count(table.rows(), "row") + " in "
                + Words.count(table.pages(), "page") + ", " + Words.number(table.dead()) + " dead, "
                + (table.complete()
                        ? held(table.heldBack()) + " held back"
                        : table.error() == null ? "stopped" : "failed");
    }

    private static String total(SyncReport report) {
        long held = report.tables().stream()
                .mapToLong(SyncReport.TableReport::heldBack)
                .sum();
        long failed =
                report.tables().stream().filter(table -> table.error() != null).count();
        return "total: " + Words.count(report.rows(), "row") + " of "
                + Words.count(report.tables().size(), "table") + ", " + Words.number(report.dead()) + " dead, "
                + held(held) + " held back" + (failed == 0 ? "" : ", " + Words.count(failed, "table") + " failed");
    }

    private static String held(long rows) {
        return (rows >= COUNT_LIMIT ? "at least " : "") + Words.number(rows);
    }

    private void problem(SyncReport.TableReport table) {
        RuntimeException error = table.error();
        if (error != null) {
            String reason = Failures.ofTable(error);
            // What stops every table is said once, without a table's name.
            String of = Failures.isUnreachable(error) ? "" : table.source() + " -> " + table.destination() + ": ";
            console.problem(of + reason, error);
        }
    }

    private void waiting(SyncReport.TableReport table) {
        if (table.inFuture() > 0) {
            console.progress(table.source() + ": the watermark of " + held(table.inFuture())
                    + (table.inFuture() == 1 ? " row" : " rows")
                    + " lies in the future; they are read when that time has come");
        }
    }

    private void unvisited(SyncReport report, List<TablePlan> plans) {
        for (TablePlan plan : plans.subList(report.tables().size(), plans.size())) {
            console.progress(plan.source() + " -> " + plan.destination() + ": not synced, the pass ended before it");
        }
    }
}
