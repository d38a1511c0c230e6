package dev.sluice.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.batch.Batch;
import dev.sluice.batch.BatchId;
import dev.sluice.batch.RowBuffer;
import dev.sluice.lake.LocalLake;
import dev.sluice.receipt.DeadLetter;
import dev.sluice.row.Destination;
import dev.sluice.row.Row;
import dev.sluice.spool.Spool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpooledSyncTest {
    @TempDir
    Path folder;

    private LocalLake lake;
    private Setup setup;

    @BeforeEach
    void open() throws SQLException {
        lake = LocalLake.builder()
                .file(folder.resolve("lake.duckdb"))
                .apiKey(Setup.KEY)
                .port(0)
                .start();
        setup = new Setup(folder)
                .api(lake.baseUrl())
                .database(Shop.open().url())
                .more("spool: ./spool.db\n")
                .write();
    }

    @AfterEach
    void close() {
        lake.close();
    }

    private Path spool() {
        return folder.resolve("spool.db");
    }

    private long rows() {
        return Stream.of("customers", "orders", "products")
                .mapToLong(this::count)
                .sum();
    }

    private long count(String table) {
        Object count =
                lake.query("SELECT count(*) AS n FROM bronze." + table).get(0).get("n");
        return ((Number) count).longValue();
    }

    @Test
    void delivers_each_row_once_by_way_of_the_spool() {
        Cli.Ran first = setup.run("sync");
        assertThat(first.err()).doesNotContain("wait");
        assertThat(first.status()).isZero();
        assertThat(setup.run("sync").out()).endsWith("total: 0 rows of 3 tables, 0 dead, 0 held back\n");
        assertThat(rows()).isEqualTo(925);
    }

    @Test
    void sends_later_what_the_spool_has_when_the_api_was_down() throws IOException {
        setup.api("http://127.0.0.1:1").write();
        beImpatient();
        Cli.Ran down = setup.run("sync");
        assertThat(down.err()).contains("925 rows wait in " + spool() + ": the next sync sends them");
        assertThat(down.out()).endsWith("total: 925 rows of 3 tables, 0 dead, 0 held back\n");
        assertThat(down.status()).isEqualTo(1);

        setup.api(lake.baseUrl()).write();
        Cli.Ran up = setup.run("sync");
        assertThat(up.out()).endsWith("total: 0 rows of 3 tables, 0 dead, 0 held back\n");
        assertThat(up.status()).isZero();
        assertThat(rows()).isEqualTo(925);
    }

    @Test
    void says_why_rows_wait_when_the_key_is_wrong() throws IOException {
        setup.key("wrong-key-of-someone").write();
        beImpatient();
        Cli.Ran ran = setup.run("sync");
        assertThat(ran.err()).contains("the next sync sends them. Why not this one: HTTP 401");
        assertThat(ran.err()).doesNotContain("wrong-key-of-someone");
        assertThat(ran.status()).isEqualTo(1);
        assertThat(setup.key(Setup.KEY).write().run("sync").status()).isZero();
        assertThat(rows()).isEqualTo(925);
    }

    private void beImpatient() throws IOException {
        Files.writeString(setup.file(), Files.readString(setup.file()).replace("deadline: 10s", "deadline: 500ms"));
    }

    @Test
    void names_the_owner_of_a_spool_that_is_in_use() {
        try (Spool ours = Spool.sqlite(spool())) {
            assertThat(ours.backlog()).isEmpty();
            Cli.Ran ran = setup.run("sync");
            assertThat(ran.err())
                    .contains(spool() + " is in use by process "
                            + ProcessHandle.current().pid());
            assertThat(ran.status()).isEqualTo(1);
        }
    }

    @Test
    void refuses_a_folder_for_dead_letters_beside_a_spool() {
        Cli.Ran ran = setup.more("spool: ./spool.db\ndeadLetters: ./letters\n")
                .write()
                .run("sync");
        assertThat(ran.err()).contains("deadLetters excludes spool");
        assertThat(ran.status()).isEqualTo(2);
    }

    @Test
    void lists_and_replays_the_dead_letters_of_the_spool() {
        RowBuffer rows = new RowBuffer();
        rows.add(Row.json("{\"id\":1}"));
        Batch batch = rows.toBatch(new BatchId("b"), Destination.append("bronze.events"));
        Instant time = Instant.parse("2026-01-02T03:04:05Z");
        try (Spool spool = Spool.sqlite(spool())) {
            spool.deadLetters()
                    .keep(new DeadLetter(batch, DeadLetter.Reason.REJECTED, "no", 0, 1, time, time, 422, null));
        }
        assertThat(setup.run("dead-letters", "list").out())
                .startsWith("1: append to bronze.events, REJECTED, 1 row")
                .endsWith("total: 1 letter with 1 row\n");
        Cli.Ran over = setup.run("dead-letters", "export", spool().toString(), "--overwrite");
        assertThat(over.err()).contains("lies among the dead letters");
        assertThat(over.status()).isEqualTo(2);
        Cli.Ran replay = setup.run("dead-letters", "replay", "1");
        assertThat(replay.out()).contains("1 replayed, 1 row written");
        assertThat(replay.status()).isZero();
        assertThat(count("events")).isEqualTo(1);
        assertThat(setup.run("dead-letters", "list").out()).isEqualTo("total: 0 letters with 0 rows\n");
    }
}
