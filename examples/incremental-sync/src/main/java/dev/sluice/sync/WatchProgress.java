package dev.sluice.sync;

import dev.sluice.PushException;
import dev.sluice.batch.Batch;
import dev.sluice.jdbc.SyncReport;
import dev.sluice.jdbc.dialect.Finding;
import dev.sluice.jdbc.source.TablePlan;
import dev.sluice.receipt.Receipt;
import dev.sluice.transport.Reply;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Progress for a log that grows for weeks: a line for each pass that carried rows, and each trouble once, when it begins
 * and when it is over. Nothing while nothing happens.
 */
final class WatchProgress extends Progress {
    private static final long PAUSE = Duration.ofSeconds(5).toNanos();

    private final Console console;
    private final List<TablePlan> plans;
    private final Set<String> begun = new HashSet<>();
    private final Set<String> retried = new HashSet<>();
    private final Set<String> complete = new HashSet<>();
    private final Map<String, String> failing = new HashMap<>();
    private final Map<String, Map<String, String>> findings = new HashMap<>();
    private boolean keyRefused;
    private long lastLine = System.nanoTime();

    WatchProgress(Console console, List<TablePlan> plans) {
        this.console = console;
        this.plans = plans;
    }

    /** Whether the last pass of each table was complete, those left out that a stop broke off. */
    synchronized boolean isComplete() {
        return complete.size() == plans.size();
    }

    @Override
    void say(String line) {
        console.progress(line);
    }

    @Override
    public synchronized void tableStarted(String source, String destination, long expectedRows) {
        if (expectedRows > 0 && begun.add(source + " -> " + destination)) {
            lastLine = System.nanoTime();
            say(LineProgress.started(source, expectedRows));
        }
    }

    @Override
    public synchronized void pageSettled(String source, String destination, long rows) {
        if (System.nanoTime() - lastLine >= PAUSE) {
            lastLine = System.nanoTime();
            say(source + ": " + Words.count(rows, "row") + " so far");
        }
    }

    @Override
    public synchronized void tableEnded(SyncReport.TableReport report) {
        String name = report.source() + " -> " + report.destination();
        if (report.rows() > 0) {
            say(name + ": " + Words.count(report.rows(), "row") + " in " + Words.count(report.pages(), "page")
                    + (report.dead() == 0 ? "" : ", " + Words.number(report.dead()) + " dead"));
        }
        String key = key(report);
        if (report.complete()) {
            complete.add(key);
        } else if (report.error() != null) {
            complete.remove(key);
        }
        tellFindings(key, report);
        tellError(key, name, report.error());
    }

    /** A table that cannot be opened goes by its name in the plan, else by that in the database. */
    private String key(SyncReport.TableReport report) {
        long plansToIt = plans.stream()
                .filter(plan -> plan.destination().equals(report.destination()))
                .count();
        return plansToIt == 1 ? report.destination() : report.source() + " -> " + report.destination();
    }

    @Override
    public synchronized void attempted(Batch batch, Reply reply, Duration took) {
        if (reply instanceof Reply.Unauthorized refusal) {
            if (!keyRefused) {
                say("the API does not accept destination.apiKey (HTTP " + refusal.status() + "): waiting until it does;"
                        + " another key needs a restart");
            }
            keyRefused = true;
        } else if (reply instanceof Reply.Counted) {
            if (keyRefused) {
                say("the API accepts the key again");
            }
            keyRefused = false;
        }
    }

    @Override
    public synchronized void retrying(Batch batch, int attempt, String reason, Duration wait) {
        if (!keyRefused && retried.add(batch.destination().table())) {
            super.retrying(batch, attempt, reason, wait);
        }
    }

    @Override
    public synchronized void ended(Batch batch, Receipt.Part part, Duration elapsed) {
        if (part.delivered() > 0) {
            retried.remove(batch.destination().table());
        }
    }

    /** A finding stays while it is found again; its numbers are told anew with rows only. */
    private void tellFindings(String key, SyncReport.TableReport report) {
        Map<String, String> before = findings.getOrDefault(key, Map.of());
        Map<String, String> now = new HashMap<>();
        for (Finding finding : report.findings()) {
            String told = before.get(finding.code());
            boolean isNews = told == null || (report.rows() > 0 && !told.equals(finding.sentence()));
            if (isNews) {
                say(finding.toString());
            }
            now.put(finding.code(), isNews || told == null ? finding.sentence() : told);
        }
        if (report.error() == null) {
            findings.put(key, now);
        }
    }

    private void tellError(String key, String name, @Nullable RuntimeException error) {
        if (error == null) {
            if (failing.remove(key) != null) {
                say(name + ": goes on");
            }
            return;
        }
        String reason = Failures.ofTable(error);
        // How many rows a failed push had changes from pass to pass.
        String kind = error instanceof PushException ? error.getClass().getName() : reason;
        boolean isSaid = kind.equals(failing.get(key))
                || (Failures.isUnreachable(error) && failing.containsValue(kind))
                || (keyRefused && error instanceof PushException.Unauthorized);
        failing.put(key, kind);
        if (!isSaid) {
            say(Failures.isUnreachable(error) ? reason : name + ": " + reason);
            console.trace(error);
        }
    }
}
