package dev.sluice.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.batch.BatchId;
import dev.sluice.batch.RowBuffer;
import dev.sluice.lake.LocalLake;
import dev.sluice.receipt.DeadLetter;
import dev.sluice.receipt.DeadLetters;
import dev.sluice.row.Destination;
import dev.sluice.row.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What only a process of its own can show: its status, its streams, signals. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ProcessTest {
    private static final String TABLES = """
            tables:
              - { source: public.customers, destination: bronze.customers, watermark: updated_at, key: id }
              - { source: public.products, destination: bronze.products, watermark: updated_at, key: sku }
            """;

    @TempDir
    Path folder;

    @Test
    void hides_key_and_password_when_everything_is_logged() throws Exception {
        Setup setup = new Setup(folder)
                .database(Shop.open().url())
                .tables(TABLES)
                .more("deadLetters: dead\n")
                .write();

        Child process = start("--verbose", "sync", "--config", setup.file().toString());

        assertThat(process.await()).isEqualTo(1);
        assertThat(process.err()).contains("\tat ").doesNotContain(Setup.KEY, Setup.PASSWORD);
        assertThat(process.out()).contains("failed").doesNotContain(Setup.KEY, Setup.PASSWORD);
    }

    @Test
    void prints_only_results_and_lines_when_nobody_watches() throws Exception {
        try (LocalLake lake = LocalLake.builder()
                .file(folder.resolve("lake.duckdb"))
                .apiKey(Setup.KEY)
                .start()) {
            Setup setup = new Setup(folder)
                    .api(lake.baseUrl())
                    .database(Shop.open().url())
                    .tables(TABLES)
                    .write();

            Child process = start("sync", "--config", setup.file().toString());

            assertThat(process.await()).isZero();
            assertThat(process.err()).isEqualTo("""
                    public.customers: reading the whole table, about 300 rows
                    public.products: reading the whole table, about 25 rows
                    """);
            assertThat(process.out()).endsWith("total: 325 rows of 2 tables, 0 dead, 0 held back\n");
        }
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void ends_soon_and_says_so_when_terminated_while_it_waits_for_the_api() throws Exception {
        try (FakeApi api = FakeApi.answering(503, "text/plain", "")) {
            Setup setup = new Setup(folder)
                    .api(api.url())
                    .database(Shop.open().url())
                    .tables(TABLES)
                    .write();
            String patient = Files.readString(setup.file())
                    .replace("maxAttempts: 2", "maxAttempts: 9000")
                    .replace("deadline: 10s", "deadline: 10m");
            Files.writeString(setup.file(), patient);

            Child process = start("sync", "--config", setup.file().toString());
            assertThat(api.asked().await(1, TimeUnit.MINUTES)).isTrue();
            process.terminate();

            assertThat(process.await()).isEqualTo(1);
            assertThat(process.err())
                    .contains("stopping behind the page that is on its way, within 30 s")
                    .contains("the sync was stopped; the next one sends them again")
                    .contains("public.products -> bronze.products: not synced, the pass ended before it")
                    .contains("stopped before the end; the next sync goes on from there");
            assertThat(setup.run("state", "show").out()).contains("beginning");
        }
    }

    @Test
    void exports_every_character_whatever_the_locale_is() throws Exception {
        RowBuffer rows = new RowBuffer();
        rows.add(Row.json("{\"name\":\"Zo\u00eb \u6f22\"}"));
        Instant time = Instant.parse("2026-01-02T03:04:05Z");
        DeadLetters.directory(folder.resolve("dead-letters"))
                .keep(new DeadLetter(
                        rows.toBatch(new BatchId("b"), Destination.append("bronze.events")),
                        DeadLetter.Reason.REJECTED,
                        "no",
                        0,
                        1,
                        time,
                        time,
                        422,
                        null));
        Setup setup = new Setup(folder).tables(TABLES).write();

        Child process = Child.start(
                folder,
                Map.of("LC_ALL", "C"),
                "dead-letters",
                "export",
                "-",
                "--config",
                setup.file().toString());

        assertThat(process.await()).isZero();
        assertThat(process.out()).endsWith("\"row\":{\"name\":\"Zo\u00eb \u6f22\"}}\n");
    }

    private Child start(String... arguments) throws IOException {
        return Child.start(folder, arguments);
    }
}
