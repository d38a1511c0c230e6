package dev.sluice.benchmarks.sync;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What was asked for.
 *
 * @param rows of the tables that are carried as a whole, and of which some change
 * @param manyRows of the table that shows that memory does not grow with it
 * @param rounds how often each contestant runs
 * @param only the parts to run
 * @param jvm the flags of the contestants' JVMs
 * @param results the folder for report and plot
 * @param syncProgram the folder with the program whose start is measured
 */
record SyncOptions(
        long rows, long manyRows, int rounds, Set<Part> only, List<String> jvm, Path results, Path syncProgram) {
    static final String USAGE = """
            usage: benchmarks.jar sync [--rows N] [--many-rows N] [--rounds N] [--only PART]... [--jvm "FLAGS"]
                       [--results DIR] [--sync-program DIR]
                   parts: postgres, mysql, incremental, memory, start""";

    /** The parts, in the order in which they run. */
    enum Part {
        POSTGRES,
        MYSQL,
        INCREMENTAL,
        MEMORY,
        START;

        static Part named(String name) {
            for (Part part : values()) {
                if (part.toString().equals(name)) {
                    return part;
                }
            }
            throw new IllegalArgumentException("no part is called " + name + "\n" + USAGE);
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    SyncOptions {
        only = Set.copyOf(only);
        jvm = List.copyOf(jvm);
    }

    /** What is run unless told otherwise; the jar lies in the folder {@code target} of this example. */
    private static SyncOptions defaults(Path example) {
        return new SyncOptions(
                1_000_000,
                10_000_000,
                3,
                Set.of(),
                List.of("-Xmx256m", "-XX:+UseSerialGC"),
                example.resolve("results"),
                example.resolveSibling("incremental-sync").resolve("target"));
    }

    /** Understands the arguments. */
    static SyncOptions parse(Path example, String... args) {
        if (args.length % 2 != 0) {
            throw new IllegalArgumentException("each option takes a value\n" + USAGE);
        }
        SyncOptions options = defaults(example);
        for (int i = 0; i < args.length; i += 2) {
            options = options.with(args[i], args[i + 1]);
        }
        return options;
    }

    boolean runs(Part part) {
        return only.isEmpty() || only.contains(part);
    }

    private SyncOptions with(String name, String value) {
        return switch (name) {
            case "--rows" -> new SyncOptions(thousands(name, value), manyRows, rounds, only, jvm, results, syncProgram);
            case "--many-rows" ->
                new SyncOptions(rows, thousands(name, value), rounds, only, jvm, results, syncProgram);
            case "--rounds" ->
                new SyncOptions(rows, manyRows, (int) number(name, value), only, jvm, results, syncProgram);
            case "--only" -> new SyncOptions(rows, manyRows, rounds, and(value), jvm, results, syncProgram);
            case "--jvm" ->
                new SyncOptions(
                        rows, manyRows, rounds, only, List.of(value.trim().split("\\s+")), results, syncProgram);
            case "--results" -> new SyncOptions(rows, manyRows, rounds, only, jvm, Path.of(value), syncProgram);
            case "--sync-program" -> new SyncOptions(rows, manyRows, rounds, only, jvm, results, Path.of(value));
            default -> throw new IllegalArgumentException("unknown option " + name + "\n" + USAGE);
        };
    }

    private Set<Part> and(String part) {
        Set<Part> parts = EnumSet.of(Part.named(part));
        parts.addAll(only);
        return parts;
    }

    /** Of which a thousandth, a hundredth and a tenth can be changed. */
    private static long thousands(String name, String value) {
        long number = number(name, value);
        if (number % 1_000 != 0) {
            throw new IllegalArgumentException(name + " takes whole thousands, found " + value);
        }
        return number;
    }

    private static long number(String name, String value) {
        try {
            int number = Integer.parseInt(value);
            if (number > 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new IllegalArgumentException(name + " takes a whole number above 0, found " + value);
    }
}
