package dev.sluice.sync;

/** Progress for the demo, whose tables are done before a line about them is read: only troubles are told. */
final class QuietProgress extends Progress {
    private final Console console;

    QuietProgress(Console console) {
        this.console = console;
    }

    @Override
    void say(String line) {
        console.progress(line);
    }
}
