package dev.sluice.benchmarks;

import java.util.ArrayList;
import java.util.List;

/**
 * What the comparison was asked for.
 *
 * @param events those that are measured
 * @param warmup those that go before them
 * @param rounds how often each contestant runs
 * @param only who takes part; all if it is empty
 * @param jvm the flags of the children
 */
record Options(int events, int warmup, int rounds, List<String> only, List<String> jvm) {
    static final String USAGE =
            "usage: benchmarks.jar push [--events N] [--warmup N] [--rounds N] [--only NAME]... " + "[--jvm \"FLAGS\"]";
    private static final Options DEFAULT = new Options(1_000_000, 300_000, 3, List.of(), List.of("-Xms64m", "-Xmx64m"));

    Options {
        only = List.copyOf(only);
        jvm = List.copyOf(jvm);
    }

    static Options parse(String... args) {
        if (args.length % 2 != 0) {
            throw new IllegalArgumentException("each option takes a value; " + USAGE);
        }
        Options options = DEFAULT;
        for (int i = 0; i < args.length; i += 2) {
            options = options.with(args[i], args[i + 1]);
        }
        return options;
    }

    private Options with(String name, String value) {
        return switch (name) {
            case "--events" -> new Options(number(name, value), warmup, rounds, only, jvm);
            case "--warmup" -> new Options(events, number(name, value), rounds, only, jvm);
            case "--rounds" -> new Options(events, warmup, number(name, value), only, jvm);
            case "--only" -> new Options(events, warmup, rounds, add(value), jvm);
            case "--jvm" ->
                new Options(events, warmup, rounds, only, List.of(value.trim().split("\\s+")));
            default -> throw new IllegalArgumentException("unknown option " + name + "; " + USAGE);
        };
    }

    private List<String> add(String name) {
        List<String> names = new ArrayList<>(only);
        names.add(Contestants.named(name).name());
        return names;
    }

    private static int number(String name, String value) {
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

    List<Contestants.Entry> contestants() {
        return Contestants.ALL.stream()
                .filter(entry -> only.isEmpty() || only.contains(entry.name()))
                .toList();
    }
}
