package dev.sluice.benchmarks.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.benchmarks.measure.Sink;
import dev.sluice.jdbc.testing.Database;
import dev.sluice.jdbc.testing.Postgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SyncBenchmarkTest {
    private static final long ROWS = 2_000;

    @TempDir
    private Path folder;

    @Test
    void writes_a_report_and_a_plot_when_all_contestants_have_carried_the_table() throws Exception {
        boolean good = run("--only", "postgres");

        assertThat(good).isTrue();
        assertThat(Files.readAllLines(folder.resolve("sync.md")))
                .filteredOn(line -> line.matches("\\| (copy|jdbc|sync-\\S+|naive) \\|.*"))
                .hasSize(9)
                .noneMatch(line -> line.contains("NaN") || line.contains("| 0.00"));
        assertThat(folder.resolve("sync.svg")).content().contains(">sync-5000-spool<");
    }

    @Test
    void measures_changes_by_passes_of_one_program() throws Exception {
        boolean good = run("--only", "incremental");

        assertThat(good).isTrue();
        assertThat(folder.resolve("sync.md")).content().contains("| PostgreSQL | 0 |", "| PostgreSQL | 200 |");
        assertThat(folder.resolve("sync.svg")).doesNotExist();
    }

    @Test
    void says_what_was_not_there_when_a_program_is_missing() throws Exception {
        boolean good = run("--only", "start", "--sync-program", folder.toString());

        assertThat(good).isTrue();
        assertThat(folder.resolve("sync.md")).content().contains("there is no incremental-sync.jar", "not run");
    }

    @Test
    void fails_when_rows_are_missing() throws Exception {
        try (Database database = Postgres.shared().newDatabase();
                Sink sink = new Sink()) {
            SampleTable.onPostgres(database, "orders", ROWS);
            Job job = new Job(database.url("postgres"), "orders", ROWS + 1, sink.url());
            Contest contest = new Contest(job, List.of(), sink, List.of(Contender.named(Contender.NAIVE)), List.of());

            assertThatThrownBy(() -> contest.run(1)).hasMessage("naive sent 2001 rows, and 2000 came");
        }
    }

    private boolean run(String... more) throws Exception {
        String[] args = new String[more.length + 6];
        List<String> always = List.of("--rows", "" + ROWS, "--rounds", "1", "--results", folder.toString());
        System.arraycopy(always.toArray(), 0, args, 0, always.size());
        System.arraycopy(more, 0, args, always.size(), more.length);
        return SyncBenchmark.run(SyncOptions.parse(folder, args));
    }
}
