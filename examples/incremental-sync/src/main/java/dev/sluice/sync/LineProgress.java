package dev.sluice.sync;

import dev.sluice.jdbc.SyncReport;
import java.time.Duration;

/** Progress for logs: a line when a table begins, and one every few seconds while it lasts. */
final class LineProgress extends Progress {
    private static final long PAUSE = Duration.ofSeconds(5).toNanos();

    private final Console console;
    private volatile long lastLine = System.nanoTime();

    LineProgress(Console console) {
        this.console = console;
    }

    @Override
    public void tableStarted(String source, String destination, long expectedRows) {
        lastLine = System.nanoTime();
        say(started(source, expectedRows));
    }

    /** The line for a table that begins. */
    static String started(String source, long expectedRows) {
        return source + ": reading"
                + (expectedRows > 0 ? " the whole table, about " + Words.count(expectedRows, "row") : "");
    }

    @Override
    public void pageSettled(String source, String destination, long rows) {
        if (System.nanoTime() - lastLine >= PAUSE) {
            lastLine = System.nanoTime();
            say(source + ": " + Words.count(rows, "row") + " so far");
        }
    }

    @Override
    public void tableEnded(SyncReport.TableReport report) {
        // The result line on stdout says it.
    }

    @Override
    void say(String line) {
        console.progress(line);
    }
}
