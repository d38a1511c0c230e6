package dev.sluice.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
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
        String output = child(entry, meter);
        long came = sink.events() - before;
        long sent = (long) options.warmup() + options.events();
        if (came != sent) {
            throw new IllegalStateException(entry.name() + " sent " + sent + " events, and " + came + " came");
        }
        return Result.parse(output);
    }

    private String child(Contestants.Entry entry, List<String> meter) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command(entry, meter))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int status = process.waitFor();
        if (status != 0) {
            throw new IllegalStateException(entry.name() + " ended with status " + status);
        }
        return output;
    }

    private List<String> command(Contestants.Entry entry, List<String> meter) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        options.jvm().stream()
                // One JVM takes one collector: the meter's goes before another.
                .filter(flag -> meter.isEmpty() || !flag.matches("-XX:\\+Use\\w+GC"))
                .forEach(command::add);
        command.addAll(meter);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Lap.class.getName(), entry.name()));
        command.add(sink.url().toString());
        command.add(String.valueOf(options.warmup()));
        command.add(String.valueOf(options.events()));
        return command;
    }

    /** What a child measured. */
    private record Result(long nanos, long cpuNanos, long allocated) {
        static Result parse(String output) {
            String line = output.lines()
                    .filter(one -> one.startsWith(Lap.RESULT))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("no result: " + output));
            String[] numbers = line.substring(Lap.RESULT.length()).split(" ", -1);
            return new Result(Long.parseLong(numbers[0]), Long.parseLong(numbers[1]), Long.parseLong(numbers[2]));
        }

        double perSecond(int events) {
            return events * 1e9 / nanos;
        }

        double cpuMicros(int events) {
            return cpuNanos / 1e3 / events;
        }
    }
}
