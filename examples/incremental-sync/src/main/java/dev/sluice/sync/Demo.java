package dev.sluice.sync;

import dev.sluice.jdbc.SyncReport;
import dev.sluice.jdbc.source.TablePlan;
import dev.sluice.lake.LocalLake;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;

/** The story of the demo, told step by step while it happens. */
final class Demo {
    static final String KEY = "demo-key";
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private static final String UPDATE =
            "UPDATE customers SET balance = balance + 100, updated_at = now() WHERE email = 'office1@example.com'";

    private static final String SOFT_DELETE =
            "UPDATE customers SET deleted_at = now(), updated_at = now() WHERE email = 'office2@example.com'";

    private static final String LATE_INSERT = """
            INSERT INTO customers (id, email, name, balance)
            VALUES (md5('late')::uuid, 'late@example.com', 'Latecomer Ltd', 0.10)""";

    private static final String UPDATE_MEANWHILE =
            "UPDATE customers SET balance = balance + 1, updated_at = now() WHERE email = 'office3@example.com'";

    private static final String COUNTS = """
            SELECT 'bronze.customers' AS "table", count(*) AS "rows" FROM bronze.customers
            UNION ALL SELECT 'bronze.orders', count(*) FROM bronze.orders
            UNION ALL SELECT 'bronze.products', count(*) FROM bronze.products""";

    private static final String SHOWN = "email IN ('office1@example.com', 'office2@example.com',"
            + " 'office3@example.com', 'office4@example.com', 'late@example.com') ORDER BY email";

    private static final String HISTORY =
            "SELECT email, balance, _cdc_op FROM bronze.customers WHERE " + SHOWN + ", _cdc_seq";

    private static final String CURRENT = "SELECT email, name, balance FROM silver.customers WHERE " + SHOWN;

    private final Console console;
    private final StopSwitch stop;
    private final Path lakeFile;
    private final Path configFile;

    Demo(Console console, StopSwitch stop, Path directory) {
        this.console = console;
        this.stop = stop;
        this.lakeFile = directory.resolve("lake.duckdb");
        this.configFile = directory.resolve("sync.yaml");
    }

    /**
     * Everything, from the first start to the last removal.
     *
     * @throws CliException if it cannot run here, or a sync did not deliver everything
     */
    void run() {
        long start = System.nanoTime();
        try {
            console.result("Starting PostgreSQL, with sample data, and a lake ...");
            try (DemoDatabase database = DemoDatabase.start()) {
                database.fill();
                syncs(database);
            }
            state();
            console.result("The demo took " + Words.seconds(Duration.ofNanos(System.nanoTime() - start))
                    + "; PostgreSQL and the lake's server are stopped.");
        } catch (SQLException | IOException e) {
            throw CliException.failed("the demo failed: " + Words.firstLine(e), e);
        }
    }

    private void syncs(DemoDatabase database) throws SQLException, IOException {
        try (LocalLake lake =
                LocalLake.builder().file(lakeFile).apiKey(KEY).port(0).start()) {
            Files.writeString(configFile, config(database.url(), lake.baseUrl().toString()));
            console.result("PostgreSQL listens on port " + database.port() + ", the lake's Stream API on "
                    + lake.baseUrl() + ".");
            firstSync();
            changes(database);
            lateCommit(database);
        }
    }

    private void firstSync() {
        step("1. First sync: every row of three tables");
        sync();
    }

    private void changes(DemoDatabase database) throws SQLException {
        step("2. One customer pays 100, another one is marked as deleted; only these two rows travel");
        database.run(UPDATE);
        database.run(SOFT_DELETE);
        syncAll();
    }

    private void lateCommit(DemoDatabase database) throws SQLException {
        step("3. A transaction inserts a customer and stays open, another one changes a customer and commits");
        try (Connection late = database.connect();
                Statement insert = late.createStatement()) {
            late.setAutoCommit(false);
            insert.execute(LATE_INSERT);
            database.run(UPDATE_MEANWHILE);
            sync();
            console.result("The change is held back: the open transaction is older, and when it commits, its row's"
                    + " time lies before that of the change. A cursor that had moved past it would never see it.");
            step("4. The transaction commits; both rows arrive");
            late.commit();
        }
        syncAll();
    }

    private void state() throws SQLException {
        try (DemoLake lake = DemoLake.open(lakeFile)) {
            for (TablePlan plan : ConfigFile.load(configFile, Map.of()).tables()) {
                lake.view(plan);
            }
            step("5. What the lake holds: each state a row ever had (bronze)");
            console.result(lake.query(COUNTS).toString());
            console.result("Of some customers (c in the first sync, u inserted or updated since, d deleted):");
            console.result(lake.query(HISTORY).toString().stripTrailing());
            step("6. The same customers as they are now (view silver.customers)");
            console.result(lake.query(CURRENT).toString());
        }
        console.result("The lake is the DuckDB file " + lakeFile + "; ask it yourself:");
        console.result("  duckdb " + lakeFile + " \"SELECT count(*) FROM silver.customers\"");
        console.result("or, without DuckDB installed:");
        console.result("  java -cp " + jar() + " dev.sluice.lake.LocalLakeMain query " + lakeFile
                + " \"SELECT count(*) FROM silver.customers\"");
        console.result("The configuration the syncs ran with is " + configFile + ".");
    }

    private SyncReport sync() {
        if (stop.isStopped()) {
            throw CliException.failed("the demo was stopped", null);
        }
        ConfigFile config = ConfigFile.load(configFile, Map.of());
        SyncJob job = new SyncJob(config, config.tables(), console);
        SyncJob.Pass pass = job.run(new QuietProgress(console), stop);
        if (!pass.isDelivered()) {
            throw CliException.failed("the demo ends here, for a sync did not deliver everything", null);
        }
        return pass.report();
    }

    /** Rows younger than 100 ms are held back, for a transaction about to commit may yet be older: sync until none is. */
    private void syncAll() {
        long start = System.nanoTime();
        while (heldBack(sync()) > 0) {
            if (System.nanoTime() - start > PATIENCE.toNanos()) {
                throw CliException.failed(
                        "rows are still held back after " + PATIENCE.toSeconds()
                                + " s: is this machine's clock moving?",
                        null);
            }
            console.result("The rows held back are younger than 100 ms: syncing again.");
        }
    }

    private static long heldBack(SyncReport report) {
        return report.tables().stream()
                .mapToLong(SyncReport.TableReport::heldBack)
                .sum();
    }

    private void step(String title) {
        console.result("");
        console.result(title);
    }

    static String config(String database, String api) {
        return """
                # Written by the demo, whose database and lake are gone by now; a configuration of your own looks the same.
                destination:
                  url: %s
                  apiKey: %s
                source:
                  url: %s
                  user: postgres
                state: ./sync-state
                deadLetters: ./dead-letters
                tables:
                  - { source: public.customers, destination: bronze.customers, watermark: updated_at, key: id,
                      cdc: true, softDelete: deleted_at }
                  - { source: public.orders, destination: bronze.orders, watermark: updated_at, key: [order_id, line],
                      cdc: true }
                  - { source: public.products, destination: bronze.products, watermark: updated_at, key: sku, cdc: true }
                """.formatted(api, KEY, database);
    }

    /** The jar this runs from, so that the command printed can be copied. */
    private static String jar() {
        CodeSource source = Main.class.getProtectionDomain().getCodeSource();
        try {
            Path place = source == null ? null : Path.of(source.getLocation().toURI());
            return place != null && Files.isRegularFile(place) ? place.toString() : "incremental-sync.jar";
        } catch (URISyntaxException e) {
            return "incremental-sync.jar";
        }
    }
}
