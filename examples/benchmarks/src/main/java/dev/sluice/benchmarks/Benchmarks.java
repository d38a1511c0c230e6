package dev.sluice.benchmarks;

import dev.sluice.benchmarks.sync.SyncBenchmark;
import java.util.Arrays;

/** The command of the jar: which comparison to run. */
public final class Benchmarks {
    private static final String USAGE = """
            usage: benchmarks.jar push [options]    what pushing a row costs, beside other clients
                   benchmarks.jar sync [options]    what syncing a table costs, beside COPY and plain programs""";

    private Benchmarks() {}

    public static void main(String[] args) throws Exception {
        String[] rest = args.length == 0 ? args : Arrays.copyOfRange(args, 1, args.length);
        switch (args.length == 0 ? "" : args[0]) {
            case "push" -> Compare.main(rest);
            case "sync" -> SyncBenchmark.main(rest);
            default -> {
                System.err.println(USAGE);
                System.exit(2);
            }
        }
    }
}
