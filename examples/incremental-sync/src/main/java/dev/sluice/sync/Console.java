package dev.sluice.sync;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;

/** Where a command prints: results to stdout, progress and problems to stderr, secrets to neither. */
final class Console {
    /** A shorter text is no secret worth the name, and hiding it would only make messages unreadable. */
    private static final int SHORTEST_SECRET = 4;

    private final Map<String, String> environment;
    private final PrintStream out;
    private final PrintStream err;
    private final boolean ownsProcess;
    private final Set<String> secrets = new CopyOnWriteArraySet<>();
    private final Set<String> problems = new LinkedHashSet<>();
    private boolean verbose;

    /**
     * A console for one run.
     *
     * @param ownsProcess whether signals are to be heard and stderr may be a terminal: not so in tests
     */
    Console(Map<String, String> environment, PrintStream out, PrintStream err, boolean ownsProcess) {
        this.environment = environment;
        this.out = out;
        this.err = err;
        this.ownsProcess = ownsProcess;
    }

    Map<String, String> environment() {
        return environment;
    }

    boolean ownsProcess() {
        return ownsProcess;
    }

    boolean isVerbose() {
        return verbose;
    }

    void verbose(boolean on) {
        this.verbose = on;
    }

    /** Never to be printed from here on. */
    void hide(String secret) {
        if (secret.length() >= SHORTEST_SECRET) {
            secrets.add(secret);
        }
    }

    void result(String line) {
        out.println(line);
    }

    void progress(String line) {
        err.println(hidden(line));
    }

    /** A problem is said once, however many tables have it. */
    void problem(String line, Throwable cause) {
        if (problems.add(line)) {
            err.println(hidden(line));
        }
        trace(cause);
    }

    /** Where a problem comes from, for those who asked. */
    void trace(Throwable cause) {
        if (verbose) {
            StringWriter trace = new StringWriter();
            cause.printStackTrace(new PrintWriter(trace));
            err.print(hidden(trace.toString()));
        }
    }

    /**
     * How progress is shown.
     *
     * @param oneByOne whether one table follows the other, so that a bar can be drawn
     */
    Progress progress(boolean oneByOne) {
        return oneByOne && ownsProcess && Terminal.isStderr(environment)
                ? new BarProgress(err, this)
                : new LineProgress(this);
    }

    /** Whether everything was really printed: a full disk behind a redirection is only known here. */
    boolean isWritten() {
        return !out.checkError();
    }

    /** The text without secrets. */
    String hidden(String text) {
        String shown = text;
        for (String secret : secrets) {
            shown = shown.replace(secret, "****");
        }
        return shown;
    }
}
