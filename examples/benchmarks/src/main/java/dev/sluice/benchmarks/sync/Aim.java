package dev.sluice.benchmarks.sync;

import java.util.Locale;

/**
 * What was aimed at, and what came of it.
 *
 * @param what is measured
 * @param asked the aim
 * @param measured what it is
 * @param verdict in one word or two
 */
record Aim(String what, String asked, String measured, String verdict) {
    /** At most so much. */
    static Aim atMost(String what, double asked, double measured, String unit) {
        return new Aim(what, "at most " + number(asked) + unit, number(measured) + unit, verdict(measured <= asked));
    }

    /** At least so much. */
    static Aim atLeast(String what, double asked, double measured, String unit) {
        return new Aim(what, "at least " + number(asked) + unit, number(measured) + unit, verdict(measured >= asked));
    }

    static Aim notRun(String what, String asked, String why) {
        return new Aim(what, asked, why, "not run");
    }

    static String verdict(boolean met) {
        return met ? "met" : "**missed**";
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.2f", value).replaceAll("\\.?0+$", "");
    }
}
