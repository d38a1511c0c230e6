package dev.sluice.sync;

import dev.sluice.Ledger;
import dev.sluice.jdbc.SyncReport;
import dev.sluice.jdbc.TableStatus;
import dev.sluice.jdbc.dialect.Finding;
import dev.sluice.jdbc.dialect.Finding.Severity;
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
        findings(report);
        unvisited(report, plans);
        left(pass.ledger(), pass.trouble());
        if (stopped) {
            console.progress(
                    pass.isDelivered()
                            ? "stopped; everything was delivered before"
                            : "stopped before the end; the next sync goes on from there");
        }
    }

    /** What a watch did since it began; whether all was delivered. */
    boolean printWatch(SyncJob.Pass pass, List<TableStatus> tables, boolean complete) {
        for (TableStatus table : tables) {
            console.result(table.source() + " -> " + table.destination() + ": " + Words.count(table.rows(), "row")
                    + (table.error() == null ? "" : ", failing"));
        }
        Ledger ledger = pass.ledger();
        long rows = tables.stream().mapToLong(TableStatus::rows).sum();
        console.result("total: " + Words.count(rows, "row") + " of " + Words.count(tables.size(), "table") + ", "
                + Words.number(ledger.dead()) + " dead");
        left(ledger, pass.trouble());
        // Held are rows of pushes that failed, which later passes have read again.
        boolean delivered = complete && ledger.dead() == 0 && ledger.pending() == 0;
        console.progress(
                delivered
                        ? "stopped; everything was delivered before"
                        : "stopped before everything was delivered; the next run goes on from there");
        return delivered;
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

    /** What its owner should do something about; the rest is only counted unless asked for. */
    private void findings(SyncReport report) {
        List<Finding> all = report.tables().stream()
                .flatMap(table -> table.findings().stream())
                .toList();
        List<Finding> shown = all.stream()
                .filter(one -> console.isVerbose() || one.severity() != Severity.INFO)
                .toList();
        shown.forEach(one -> console.progress(one.toString()));
        int hidden = all.size() - shown.size();
        if (hidden > 0) {
            console.progress(
                    Words.count(hidden, "finding") + " to know: --verbose shows " + (hidden == 1 ? "it" : "them"));
        }
    }

    private void unvisited(SyncReport report, List<TablePlan> plans) {
        for (TablePlan plan : plans.subList(report.tables().size(), plans.size())) {
            console.progress(plan.source() + " -> " + plan.destination() + ": not synced, the pass ended before it");
        }
    }
}
