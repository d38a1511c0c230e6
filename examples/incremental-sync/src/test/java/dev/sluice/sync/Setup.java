package dev.sluice.sync;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/** A configuration file for a shop, in which tests change one thing. */
final class Setup {
    static final String KEY = "key-f00dfeedbeef";
    static final String PASSWORD = "pa55word-t0psecret";

    static final String THREE_TABLES = """
            tables:
              - { source: public.customers, destination: bronze.customers, watermark: updated_at, key: id, cdc: true, softDelete: deleted_at }
              - { source: public.orders, destination: bronze.orders, watermark: updated_at, key: [order_id, line], cdc: true }
              - { source: public.products, destination: bronze.products, watermark: updated_at, key: sku, cdc: true }
            """;

    private final Path folder;
    private String api = "http://127.0.0.1:1";
    private String database = "jdbc:postgresql://127.0.0.1:1/none";
    private String key = KEY;
    private String user = "postgres";
    private String more = "";
    private String tables = THREE_TABLES;

    Setup(Path folder) {
        this.folder = folder;
    }

    Setup api(Object url) {
        this.api = url.toString();
        return this;
    }

    Setup database(String url) {
        this.database = url;
        return this;
    }

    Setup user(String name) {
        this.user = name;
        return this;
    }

    Setup key(String text) {
        this.key = text;
        return this;
    }

    /** Groups of keys beside those that are always there. */
    Setup more(String yaml) {
        this.more = yaml;
        return this;
    }

    Setup tables(String yaml) {
        this.tables = yaml;
        return this;
    }

    Path file() {
        return folder.resolve("sync.yaml");
    }

    Setup write() {
        try {
            Files.writeString(file(), """
                    destination: { url: "%s", apiKey: "%s" }
                    source: { url: "%s", user: %s, password: "%s" }
                    retry: { maxAttempts: 2, initialBackoff: 1ms, maxBackoff: 2ms, deadline: 10s }
                    """.formatted(api, key, database, user, PASSWORD) + more + tables);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Cli.Ran run(String... arguments) {
        return run(Map.of(), arguments);
    }

    /** Runs a command with the file, as it is on disk. */
    Cli.Ran run(Map<String, String> environment, String... arguments) {
        String[] all = Arrays.copyOf(arguments, arguments.length + 2);
        all[arguments.length] = "--config";
        all[arguments.length + 1] = file().toString();
        return Cli.run(environment, all);
    }
}
