package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.StreamClient;
import dev.sluice.batch.Batch;
import dev.sluice.batch.BatchPolicy;
import dev.sluice.jdbc.checkpoint.CheckpointStore;
import dev.sluice.jdbc.dialect.SourceException;
import dev.sluice.jdbc.source.TablePlan;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whole passes by COPY, over one connection that must stay good. */
final class CopySyncTest {
    private final TestDatabase db = new TestDatabase();
    private final RecordingLake lake = new RecordingLake();
    private final StreamClient client =
            StreamClient.builder().maxInFlight(1).transport(lake).build();

    @BeforeEach
    void create_notes() {
        db.run(
                "CREATE TABLE notes (id text PRIMARY KEY, note text, n int, updated_at timestamptz NOT NULL)",
                "INSERT INTO notes SELECT E'\\'\\\\\\t' || i, repeat(chr(200 + i % 50) || E'\\n', i % 2000), i - 700,"
                        + " '2025-01-01Z'::timestamptz + i / 10 * interval '1 s' FROM generate_series(1, 1500) AS i");
    }

    @AfterEach
    void close() {
        client.close();
        db.close();
    }

    @Test
    void delivers_every_row_once_when_pages_end_at_their_bytes() throws SQLException {
        try (Connection connection = db.dataSource().getConnection()) {
            SingleConnection pool = new SingleConnection(connection);
            SyncReport.TableReport report = sync(pool.source(), "notes");
            assertThat(report.rows()).isEqualTo(1_500);
            assertThat(report.pages()).isGreaterThan(10);
            assertThat(pool.lent()).isZero();
        }
        assertThat(lake.values("id")).hasSize(1_500).doesNotHaveDuplicates();
    }

    @Test
    void delivers_the_same_rows_when_the_pool_hides_the_drivers_connection() {
        sync(db.dataSource(), "notes");
        RecordingLake other = new RecordingLake();
        try (StreamClient plain =
                StreamClient.builder().maxInFlight(1).transport(other).build()) {
            sync(HiddenDriver.behind(db.dataSource()), plain, "notes");
        }
        assertThat(other.batches())
                .extracting(Batch::rows)
                .isEqualTo(lake.batches().stream().map(Batch::rows).toList());
        assertThat(other.rows()).isEqualTo(lake.rows());
    }

    @Test
    void says_nothing_of_a_row_and_keeps_the_connection_when_a_view_fails_in_the_midst() throws SQLException {
        db.run("CREATE VIEW shares AS SELECT id, 1 / n AS share, updated_at FROM notes");
        try (Connection connection = db.dataSource().getConnection()) {
            SingleConnection pool = new SingleConnection(connection);
            assertThat(sync(pool.source(), "shares").error())
                    .isInstanceOf(SourceException.class)
                    .hasMessage("reading public.shares failed: the database could not work out a value of the table or"
                            + " view (SQLSTATE 22012)");
            assertThat(sync(pool.source(), "notes").rows()).isEqualTo(1_500);
        }
    }

    private SyncReport.TableReport sync(DataSource database, String table) {
        return sync(database, client, table);
    }

    private static SyncReport.TableReport sync(DataSource database, StreamClient client, String table) {
        TablePlan plan = TablePlan.of(table, "bronze." + table)
                .watermark("updated_at")
                .key("id")
                .cdc(false);
        return JdbcExtractor.builder(database, client)
                .checkpoints(CheckpointStore.inMemory())
                .pages(new BatchPolicy(1_000, 300_000))
                .table(plan)
                .build()
                .syncOnce()
                .tables()
                .get(0);
    }
}
