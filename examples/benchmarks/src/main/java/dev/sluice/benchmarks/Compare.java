package dev.sluice.benchmarks;

import dev.sluice.benchmarks.measure.ChildProcess;
import dev.sluice.benchmarks.measure.HeapMeter;
import dev.sluice.benchmarks.measure.Sink;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs the contestants one after the other, each in a JVM of its own, against one sink, and prints a table. */
public final class Compare {
    private final Options options;
    private final Sink sink;
    private final Map<Contestants.Entry, Table.Line> lines = new LinkedHashMap<>();

    private Compare(Options options, Sink sink) {
        this.options = options;
        this.sink = sink;
    }

    public static void main(String[] args) throws Exception {
        Options options;
        try {
            options = Options.parse(args);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
            return;
        }
        System.out.print(run(options));
    }

    /** The table. */
    static String run(Options options) throws IOException, InterruptedException {
        try (Sink sink = new Sink()) {
            return new Compare(options, sink).run();
        }
    }

    /** Rounds are interleaved: what disturbs the machine for a while does not hit one contestant alone. */
    private String run() throws IOException, InterruptedException {
        options.contestants().forEach(entry -> lines.put(entry, new Table.Line(entry)));
        for (int round = 1; round <= options.rounds(); round++) {
            for (Map.Entry<Contestants.Entry, Table.Line> line : lines.entrySet()) {
                Result result = lap(line.getKey(), List.of());
                line.getValue().add(result.perSecond(options.events()), result.cpuMicros(options.events()));
                say("round " + round, line.getKey(), Math.round(result.perSecond(options.events())) + " events/s");
            }
        }
        for (Map.Entry<Contestants.Entry, Table.Line> line : lines.entrySet()) {
            double bytes = (double) lap(line.getKey(), HeapMeter.FLAGS).allocated() / options.events();
            line.getValue().bytes(bytes);
            say("memory", line.getKey(), Math.round(bytes) + " bytes/event");
        }
        return Table.of(List.copyOf(lines.values()));
    }

    private static void say(String what, Contestants.Entry entry, String result) {
        System.err.println(what + ": " + entry.name() + " " + result);
    }

    private Result lap(Contestants.Entry entry, List<String> meter) throws IOException, InterruptedException {
        long before = sink.events();
        ChildProcess child = ChildProcess.run(entry.name(), command(entry, meter));
        long came = sink.events() - before;
        long sent = (long) options.warmup() + options.events();
        if (came != sent) {
            throw new IllegalStateException(entry.name() + " sent " + sent + " events, and " + came + " came");
        }
        return Result.of(child.results().get(0));
    }

    private List<String> command(Contestants.Entry entry, List<String> meter) {
        return ChildProcess.java(
                ChildProcess.flags(options.jvm(), meter),
                Lap.class,
                List.of(
                        entry.name(),
                        sink.url().toString(),
                        String.valueOf(options.warmup()),
                        String.valueOf(options.events())));
    }

    /** What a child measured. */
    private record Result(long nanos, long cpuNanos, long allocated) {
        static Result of(long[] numbers) {
            return new Result(numbers[0], numbers[1], numbers[2]);
        }

        double perSecond(int events) {
            return events * 1e9 / nanos;
        }

        double cpuMicros(int events) {
            return cpuNanos / 1e3 / events;
        }
    }
}
