package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.RetryPolicy;
import dev.sluice.StreamClient;
import dev.sluice.batch.Batch;
import dev.sluice.batch.BatchPolicy;
import dev.sluice.jdbc.dialect.Dialect;
import dev.sluice.jdbc.source.DeleteScan;
import dev.sluice.jdbc.source.TablePlan;
import dev.sluice.jdbc.testing.Database;
import dev.sluice.jdbc.testing.DatabaseServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * After thousands of inserts, updates and deletes, by transactions that stay open while others commit, with crashes and
 * lost answers in between, the current-state view shows what the table has.
 *
 * <p>Each writer has rows of its own, so that none waits for another's locks.
 */
abstract class RandomSyncContract {
    private static final int WRITERS = 5;
    private static final int ROWS = 60;
    private static final String COLUMNS = "region, id, name, amount";

    @TempDir
    Path directory;

    abstract DatabaseServer server();

    abstract Dialect dialect();

    /** The type of a time to the microsecond. */
    abstract String time();

    /** The present time, of that type. */
    abstract String now();

    /** A query that takes as long as it may take until everything committed lies below the horizon. */
    abstract String settle();

    /** The plan with the zone of its times, where they have none. */
    TablePlan zoned(TablePlan plan) {
        return plan;
    }

    /** What happens between two steps: nothing, unless the horizon would stay behind all of them. */
    void pace() {}

    /** Of a hundred steps so many are syncs. */
    int syncs() {
        return 4;
    }

    int steps() {
        return Integer.getInteger("sluice.random.steps", 2_000);
    }

    @Test
    void shows_the_tables_state_when_anything_may_happen() throws Exception {
        long seed = Long.getLong("sluice.random.seed", new Random().nextLong());
        try (Database db = server().newDatabase()) {
            Program program = new Program(db, new Random(seed));
            program.run(steps());
            assertThat(program.view())
                    .as("seed " + seed + "; set sluice.random.seed to repeat it")
                    .isEqualTo(program.table());
            assertThat(program.crashes).as("crashes").isPositive();
            assertThat(program.amidst)
                    .as("syncs that sent rows amidst the writing")
                    .isPositive();
        }
    }

    private final class Program {
        private final Database db;
        private final Random random;
        private final FaultyLake lake;
        private final CrashingStore store = new CrashingStore();
        private final List<Connection> writers = new ArrayList<>();
        private final boolean[] open = new boolean[WRITERS];
        private final TablePlan plan = zoned(TablePlan.of("items", "bronze.items")
                .watermark("updated_at")
                .key("region", "id")
                .cdc(true)
                .softDelete("deleted_at")
                .exclude("deleted_at")
                .deletes(DeleteScan.every(Duration.ZERO).allowEmpty()));
        private int crashes;
        private int amidst;

        Program(Database db, Random random) throws SQLException {
            this.db = db;
            this.random = random;
            this.lake = new FaultyLake(random);
            db.run("CREATE TABLE items (region varchar(10) NOT NULL, id int NOT NULL, name varchar(50), amount"
                    + " decimal(20,4), updated_at " + time() + " NOT NULL, deleted_at " + time()
                    + " NULL, PRIMARY KEY (region, id))");
            for (int i = 0; i < WRITERS; i++) {
                Connection writer = db.dataSource().getConnection();
                // Without the locks on gaps between rows, which others' rows are in.
                writer.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
                writers.add(writer);
            }
        }

        void run(int steps) throws SQLException {
            for (int step = 0; step < steps; step++) {
                int dice = random.nextInt(100);
                pace();
                if (dice < syncs()) {
                    int before = lake.landed().size();
                    sync(30, random.nextInt(3) == 0);
                    amidst += lake.landed().size() > before ? 1 : 0;
                } else if (dice < 24) {
                    end(random.nextInt(WRITERS));
                } else {
                    write(random.nextInt(WRITERS), step);
                }
            }
            for (int writer = 0; writer < WRITERS; writer++) {
                end(writer);
                writers.get(writer).close();
            }
            db.one(settle());
            store.restart();
            sync(0, false);
            SyncReport last = sync(0, false);
            assertThat(last.tables().get(0).error()).isNull();
            assertThat(last.tables().get(0).heldBack()).isZero();
        }

        /** Inserts, updates, marks or deletes a row of the writer's own, now and then in a transaction that stays open. */
        private void write(int writer, int step) throws SQLException {
            Connection connection = writers.get(writer);
            if (!open[writer] && random.nextInt(3) == 0) {
                connection.setAutoCommit(false);
                open[writer] = true;
            }
            int id = random.nextInt(ROWS) * WRITERS + writer;
            String region = id % 2 == 0 ? "north" : "South";
            String row = " WHERE region = '" + region + "' AND id = " + id;
            String name = "'n " + step + " é😀'";
            String change = switch (random.nextInt(10)) {
                case 0 -> "DELETE FROM items" + row;
                case 1 -> "UPDATE items SET deleted_at = " + now() + ", updated_at = " + now() + row;
                default ->
                    "UPDATE items SET name = " + name + ", amount = " + step + ".0500, deleted_at = NULL,"
                            + " updated_at = " + now() + row;
            };
            try (Statement statement = connection.createStatement()) {
                boolean none = statement.executeUpdate(change) == 0;
                if (none && !change.startsWith("DELETE")) {
                    statement.executeUpdate("INSERT INTO items VALUES ('" + region + "', " + id + ", " + name
                            + ", -0.5, " + now() + ", NULL)");
                }
            }
        }

        private void end(int writer) throws SQLException {
            if (open[writer]) {
                Connection connection = writers.get(writer);
                if (random.nextInt(5) == 0) {
                    connection.rollback();
                } else {
                    connection.commit();
                }
                connection.setAutoCommit(true);
                open[writer] = false;
            }
        }

        private SyncReport sync(int trouble, boolean crash) {
            lake.trouble(trouble);
            StreamClient client = StreamClient.builder()
                    .transport(lake)
                    .retries(new RetryPolicy(3, Duration.ofMillis(1), Duration.ofMillis(2), Duration.ofSeconds(5)))
                    .build();
            if (crash) {
                store.crashIn(random.nextInt(8));
            }
            try {
                return JdbcExtractor.builder(db.dataSource(), client)
                        .dialect(dialect())
                        .checkpoints(store)
                        .pages(new BatchPolicy(1 + random.nextInt(40), 1_000_000))
                        .table(plan)
                        .build()
                        .syncOnce();
            } catch (CrashingStore.CrashError e) {
                crashes++;
                return new SyncReport(List.of(), true);
            } finally {
                client.abort();
            }
        }

        Set<String> table() throws SQLException {
            try (Connection connection = db.dataSource().getConnection()) {
                return rows(connection, "SELECT " + COLUMNS + " FROM items WHERE deleted_at IS NULL");
            }
        }

        /** What the view shows of what landed, whatever the order of its landing. */
        Set<String> view() throws SQLException, IOException {
            List<Batch> landed = new ArrayList<>(lake.landed());
            Collections.shuffle(landed, random);
            Path file = directory.resolve("landed.json");
            for (Batch batch : landed) {
                for (int row = 0; row < batch.rows(); row++) {
                    byte[] line = (new String(batch.row(row), StandardCharsets.UTF_8) + "\n")
                            .getBytes(StandardCharsets.UTF_8);
                    Files.write(file, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                }
            }
            try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
                    Statement statement = duck.createStatement()) {
                statement.execute("CREATE SCHEMA bronze");
                statement.execute("CREATE TABLE bronze.items AS SELECT * FROM read_json('" + file
                        + "', format = 'newline_delimited', columns = {region: 'VARCHAR', id: 'INTEGER', name: 'VARCHAR',"
                        + " amount: 'DECIMAL(20,4)', _cdc_op: 'VARCHAR', _cdc_ts: 'VARCHAR', _cdc_seq: 'BIGINT'})");
                statement.execute(CurrentStateView.sql(plan, "items", dialect()));
                return rows(duck, "SELECT " + COLUMNS + " FROM items");
            }
        }

        private Set<String> rows(Connection connection, String sql) throws SQLException {
            Set<String> all = new TreeSet<>();
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery(sql)) {
                while (rows.next()) {
                    all.add(rows.getString(1) + "|" + rows.getInt(2) + "|" + rows.getString(3) + "|"
                            + rows.getBigDecimal(4));
                }
            }
            return all;
        }
    }
}
