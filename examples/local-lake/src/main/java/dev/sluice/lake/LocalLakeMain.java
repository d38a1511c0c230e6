package dev.sluice.lake;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/** Runs a local lake, or queries the file of one, from the command line. */
public final class LocalLakeMain {
    private static final String USAGE = """
            usage: serve --file FILE [--port PORT] [--key KEY]    the key may also come from LOCAL_LAKE_KEY
                   query FILE SQL                                 reads a file that no server holds
            """;

    private static final Set<String> OPTIONS = Set.of("--file", "--port", "--key");

    private LocalLakeMain() {}

    /** Exits with 0, with 1 when it could not do what was asked, or with 2 when it was asked wrongly. */
    public static void main(String[] args) throws InterruptedException {
        int status = run(List.of(args), System.getenv(), System.out, System.err);
        if (status != 0) {
            System.exit(status);
        }
    }

    static int run(List<String> args, Map<String, String> env, PrintStream out, PrintStream err)
            throws InterruptedException {
        try {
            String command = args.isEmpty() ? "" : args.get(0);
            if (command.equals("serve")) {
                serve(args.subList(1, args.size()), env, out);
            } else if (command.equals("query") && args.size() == 3) {
                out.print(query(Path.of(args.get(1)), args.get(2)));
            } else {
                throw new IllegalArgumentException("expected serve or query with its arguments");
            }
            return 0;
        } catch (IllegalArgumentException e) {
            err.println(e.getMessage());
            err.print(USAGE);
            return 2;
        } catch (LakeException e) {
            err.println(e.getMessage());
            return 1;
        }
    }

    private static TextTable query(Path file, String sql) {
        try (DuckFile duck = DuckFile.openForReading(file);
                SqlReader reader = new SqlReader(duck)) {
            SqlResult result = reader.query(sql, Integer.MAX_VALUE);
            return TextTable.of(result.columns(), result.rows());
        }
    }

    private static void serve(List<String> args, Map<String, String> env, PrintStream out) throws InterruptedException {
        Map<String, String> options = options(args);
        String key = options.getOrDefault("--key", env.getOrDefault("LOCAL_LAKE_KEY", ""));
        if (key.isBlank()) {
            throw new IllegalArgumentException("the key is missing: give --key or set LOCAL_LAKE_KEY");
        }
        LocalLake lake = LocalLake.builder()
                .file(Path.of(required(options, "--file")))
                .apiKey(key)
                .port(port(options.getOrDefault("--port", "0")))
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(lake::close, "local-lake-close"));
        out.println(lake.baseUrl());
        out.flush();
        new CountDownLatch(1).await();
    }

    private static Map<String, String> options(List<String> args) {
        Map<String, String> options = new HashMap<>();
        for (int i = 0; i < args.size(); i += 2) {
            String name = args.get(i);
            if (!OPTIONS.contains(name) || i + 1 == args.size() || options.put(name, args.get(i + 1)) != null) {
                throw new IllegalArgumentException("unknown, repeated or without a value: " + name);
            }
        }
        return options;
    }

    private static String required(Map<String, String> options, String name) {
        String value = options.get(name);
        if (value == null) {
            throw new IllegalArgumentException(name + " is missing");
        }
        return value;
    }

    private static int port(String text) {
        if (!text.matches("\\d{1,5}") || Integer.parseInt(text) > 65_535) {
            throw new IllegalArgumentException("--port must be 0 to 65535");
        }
        return Integer.parseInt(text);
    }
}
