package dev.sluice.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoTest {
    @TempDir
    Path folder;

    @Test
    void tells_what_happened_and_leaves_the_lake_when_run() throws Exception {
        Path directory = folder.resolve("demo");

        Cli.Ran ran = Cli.run("demo", "--dir", directory.toString());

        assertThat(ran.status()).as(ran.all()).isZero();
        assertThat(ran.err()).isEmpty();
        assertThat(ran.out())
                .contains("public.customers -> bronze.customers: 1,000 rows in 1 page, 0 dead, 0 held back")
                .contains("total: 5,051 rows of 3 tables, 0 dead, 0 held back")
                .contains("public.customers -> bronze.customers: 2 rows in 1 page, 0 dead, 0 held back")
                .contains("public.customers -> bronze.customers: 0 rows in 0 pages, 0 dead, 1 held back")
                .containsPattern("bronze.customers +\\| +1004\n")
                .containsPattern("office1@example.com +\\| 79.19 +\\| c\n")
                .containsPattern("office1@example.com +\\| 179.19 +\\| u\n")
                .containsPattern("office2@example.com +\\| 158.38 +\\| d\n")
                .contains("duckdb " + directory.resolve("lake.duckdb") + " \"SELECT")
                .contains("dev.sluice.lake.LocalLakeMain query " + directory.resolve("lake.duckdb"));
        String current = ran.out().substring(ran.out().indexOf("6. "));
        assertThat(current)
                .containsPattern("office1@example.com +\\| Harbour Books 1 +\\| 179.19\n")
                .contains("late@example.com")
                .doesNotContain("office2@example.com");
        assertThat(Files.exists(directory.resolve("sync.yaml"))).isTrue();
        try (DemoLake lake = DemoLake.open(directory.resolve("lake.duckdb"))) {
            assertThat(lake.query("SELECT count(*) AS n FROM silver.customers").toString())
                    .contains("\n1000\n");
        }
    }

    @Test
    void ends_with_2_when_the_directory_is_not_empty() throws Exception {
        Files.createFile(folder.resolve("mine"));

        Cli.Ran ran = Cli.run("demo", "--dir", folder.toString());

        assertThat(ran.err()).isEqualTo("--dir " + folder + " is not empty: name a new or an empty directory\n");
        assertThat(ran.status()).isEqualTo(2);
    }
}
