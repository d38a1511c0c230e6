package dev.sluice.sync;

import dev.sluice.jdbc.SyncPreview;
import java.util.List;

/** Prints what a sync would do: SQL, and comments around it. */
final class Previews {
    /** The library counts rows up to here. */
    private static final int COUNT_LIMIT = 10_000;

    private final Console console;

    Previews(Console console) {
        this.console = console;
    }

    /** The status: that of a sync would not be better. */
    int print(List<SyncPreview> previews) {
        previews.forEach(this::print);
        return previews.stream().allMatch(one -> one.error() == null) ? Status.DELIVERED : Status.NOT_DELIVERED;
    }

    private void print(SyncPreview preview) {
        String name = preview.source() + " -> " + preview.destination();
        RuntimeException error = preview.error();
        if (error != null) {
            console.result("-- " + name + ": would fail");
            console.problem(name + ": " + Failures.ofTable(error), error);
            return;
        }
        String pending =
                preview.pending() == 0 ? "" : ", after " + Words.count(preview.pending(), "pending row") + " again";
        console.result("-- " + name + ": " + (preview.waiting() >= COUNT_LIMIT ? "at least " : "")
                + Words.count(preview.waiting(), "row") + " to send" + pending);
        console.result("-- cursor: " + Words.place(preview.cursor()).replaceAll("\\R", " "));
        console.result("-- horizon: " + preview.horizon());
        preview.statements().forEach(sql -> console.result(sql + ";"));
    }
}
