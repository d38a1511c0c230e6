package dev.sluice.sync;

import dev.sluice.jdbc.SyncReport;
import java.io.PrintStream;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** Progress for a person at a terminal: a bar for each table. */
final class BarProgress extends Progress {
    /** Narrow enough for every terminal, so that none has to be asked for its width. */
    private static final int WIDTH = 78;

    private final PrintStream err;
    private final Console console;
    private @Nullable ProgressBar bar;

    BarProgress(PrintStream err, Console console) {
        this.err = err;
        this.console = console;
    }

    @Override
    public synchronized void tableStarted(String source, String destination, long expectedRows) {
        bar = new ProgressBarBuilder()
                .setTaskName(source)
                .setInitialMax(expectedRows > 0 ? expectedRows : -1)
                .setUnit(" rows", 1)
                .setStyle(ProgressBarStyle.ASCII)
                .setConsumer(new ConsoleProgressBarConsumer(err, WIDTH))
                .build();
    }

    @Override
    public synchronized void pageSettled(String source, String destination, long rows) {
        if (bar != null) {
            bar.stepTo(rows);
        }
    }

    @Override
    public synchronized void tableEnded(SyncReport.TableReport report) {
        close();
    }

    /** The bar stands on the line that the cursor is on: it is written over, and drawn anew below. */
    @Override
    synchronized void say(String line) {
        if (bar == null) {
            console.progress(line);
        } else {
            console.progress("\r" + line + " ".repeat(Math.max(0, WIDTH - line.length())));
        }
    }

    @Override
    public synchronized void close() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }
}
