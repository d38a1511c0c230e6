package dev.sluice.benchmarks;

import dev.sluice.benchmarks.measure.Samples;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/** The results as Markdown. */
final class Table {
    private static final String HEAD = """
            | contestant | form | events/s, median (slowest-fastest) | bytes/event | CPU us/event | x fastest peer | x fastest peer of the form |
            |---|---|---:|---:|---:|---:|---:|
            """;

    private Table() {}

    static String of(List<Line> lines) {
        double best = fastest(lines, line -> true);
        StringBuilder table = new StringBuilder(HEAD);
        for (Line line : lines) {
            double bestOfForm = fastest(lines, other -> other.entry.form() == line.entry.form());
            table.append(String.format(
                    Locale.ROOT,
                    "| %s | %s | %,.0f (%,.0f-%,.0f) | %,.0f | %.2f | %s | %s |%n",
                    line.entry.name(),
                    line.entry.form().name().toLowerCase(Locale.ROOT),
                    Samples.median(line.speeds),
                    line.speeds.stream().mapToDouble(Double::doubleValue).min().orElse(0),
                    line.speeds.stream().mapToDouble(Double::doubleValue).max().orElse(0),
                    line.bytes,
                    Samples.median(line.cpu),
                    ratio(Samples.median(line.speeds), best),
                    ratio(Samples.median(line.speeds), bestOfForm)));
        }
        return table.toString();
    }

    private static double fastest(List<Line> lines, Predicate<Line> which) {
        return lines.stream()
                .filter(line -> line.entry.side() == Contestants.Side.PEER)
                .filter(which)
                .mapToDouble(line -> Samples.median(line.speeds))
                .max()
                .orElse(0);
    }

    private static String ratio(double speed, double other) {
        return other == 0 ? "" : String.format(Locale.ROOT, "%.2f", speed / other);
    }

    /** What was measured of one contestant. */
    static final class Line {
        private final Contestants.Entry entry;
        private final List<Double> speeds = new ArrayList<>();
        private final List<Double> cpu = new ArrayList<>();
        private double bytes;

        Line(Contestants.Entry entry) {
            this.entry = entry;
        }

        void add(double perSecond, double cpuMicros) {
            speeds.add(perSecond);
            cpu.add(cpuMicros);
        }

        void bytes(double perEvent) {
            this.bytes = perEvent;
        }
    }
}
