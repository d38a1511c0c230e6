package dev.sluice.benchmarks.sync;

import java.util.Locale;

/** Progress, on stderr. */
final class Log {
    private Log() {}

    static void say(String format, Object... values) {
        System.err.printf(Locale.ROOT, format + "%n", values);
    }
}
