package dev.sluice.benchmarks.sync;

import dev.sluice.benchmarks.measure.ChildProcess;
import dev.sluice.benchmarks.measure.Samples;
import dev.sluice.benchmarks.measure.Tally;
import java.util.Locale;

/** What was measured of one contestant. */
final class Standing {
    private static final double SECOND = 1e9;

    private final Contender contender;
    private final Samples whole = new Samples();
    private final Samples within = new Samples();
    private final Samples cpu = new Samples();
    private final Samples peak = new Samples();
    private Tally sent = new Tally(0, 0, 0);
    private long allocated;
    private long allocatedLater;

    Standing(Contender contender) {
        this.contender = contender;
    }

    Contender contender() {
        return contender;
    }

    void add(ChildProcess child, Tally tally) {
        Lap lap = contender.name().equals(Contender.PROGRAM) ? Lap.ofWhole(child) : Lap.of(child);
        whole.add(child.nanos() / SECOND);
        within.add(lap.nanos() / SECOND);
        cpu.add(lap.cpuNanos() / SECOND);
        peak.add(lap.peakBytes() / 1e6);
        sent = tally;
    }

    void metered(Lap lap) {
        allocated = lap.allocated();
        allocatedLater = lap.allocatedLater();
    }

    /** Seconds of the whole process. */
    double seconds() {
        return whole.median();
    }

    /** Seconds from before the connection was opened to the end. */
    double secondsWithin() {
        return within.median();
    }

    /** Bytes of JSON, before compression. */
    long bytes() {
        return sent.bytes();
    }

    /** Bytes allocated for each byte of JSON; of the whole run. */
    double allocatedPerByte() {
        return (double) allocated / sent.bytes();
    }

    /** Of the second half of the rows: what starting and warming up allocate is not in it. */
    double allocatedPerByteLater() {
        return 2.0 * allocatedLater / sent.bytes();
    }

    /** Its line, beside the one that others are compared with. */
    String line(Standing base, long rows) {
        return String.format(
                Locale.ROOT,
                "| %s | %s | %.2f (%.2f-%.2f) | %.2f | %.2f | %.2f | %,.0f | %s | %s | %s | %s |%n",
                contender.name(),
                contender.is(),
                seconds(),
                whole.least(),
                whole.most(),
                seconds() / base.seconds(),
                secondsWithin(),
                secondsWithin() / base.secondsWithin(),
                rows / seconds(),
                unless(cpu.median() == 0, "%.2f", cpu.median()),
                unless(peak.median() == 0, "%,.0f", peak.median()),
                unless(sent.sent() == 0, "%,.0f", sent.sent() / 1e6),
                allocated == 0
                        ? "-"
                        : String.format(Locale.ROOT, "%.2f (%.2f)", allocatedPerByte(), allocatedPerByteLater()));
    }

    private static String unless(boolean none, String format, double value) {
        return none ? "-" : String.format(Locale.ROOT, format, value);
    }
}
