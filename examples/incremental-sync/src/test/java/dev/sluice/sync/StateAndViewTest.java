package dev.sluice.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.lake.LocalLake;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateAndViewTest {
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
                .write();
    }

    @AfterEach
    void close() {
        lake.close();
    }

    @Test
    void shows_no_rows_when_nothing_was_synced() {
        Cli.Ran ran = setup.run("state", "show");

        assertThat(ran.out())
                .startsWith("source | destination | cursor | rows | pending | loaded")
                .endsWith("(0 rows)\n");
        assertThat(ran.status()).isZero();
        assertThat(folder.resolve("sync-state")).doesNotExist();
    }

    @Test
    void shows_each_cursor_when_tables_were_synced() {
        setup.run("sync");

        Cli.Ran ran = setup.run("state", "show");

        assertThat(ran.out())
                .containsPattern(
                        "public.orders +\\| bronze.orders +\\| 20[0-9:. -]+\\+00 +\\|" + " +600 \\| +0 \\| yes");
        assertThat(ran.err()).isEmpty();
    }

    @Test
    void needs_no_password_when_only_the_state_is_shown() throws Exception {
        setup.run("sync");
        String text = Files.readString(setup.file())
                .replace(Setup.PASSWORD, "${NOT_SET}")
                .replace(Setup.KEY, "${NOR_THIS}");
        Files.writeString(setup.file(), text);

        assertThat(setup.run("state", "show").out()).endsWith("(3 rows)\n");
        assertThat(setup.run("view", "public.orders").status()).isZero();
        assertThat(setup.run("sync").status()).isEqualTo(2);
    }

    @Test
    void sends_every_row_again_when_the_table_was_reset() {
        setup.run("sync");

        Cli.Ran reset = setup.run("state", "reset", "public.products");
        Cli.Ran sync = setup.run("sync");

        assertThat(reset.out())
                .isEqualTo("public.products -> bronze.products: reset to its beginning; the next sync sends every"
                        + " row again (25 rows had been settled)\n");
        assertThat(sync.out()).contains("public.products -> bronze.products: 25 rows in 1 page, 0 dead, 0 held back");
        assertThat(lake.query("SELECT count(*) AS n FROM bronze.products")
                        .get(0)
                        .get("n"))
                .isEqualTo(50L);
    }

    @Test
    void names_the_checkpoints_when_the_table_to_reset_has_none() {
        assertThat(setup.run("state", "reset", "public.x").err())
                .isEqualTo("table public.x has no checkpoint: nothing was synced yet\n");
        setup.run("sync", "--table", "public.products");

        Cli.Ran ran = setup.run("state", "reset", "public.x");

        assertThat(ran.err())
                .isEqualTo("table public.x has no checkpoint; there are: public.products -> bronze.products\n");
        assertThat(ran.status()).isEqualTo(2);
    }

    @Test
    void says_so_when_a_checkpoint_is_damaged() throws Exception {
        setup.run("sync");
        Files.writeString(folder.resolve("sync-state/public.orders+to+bronze.orders.json"), "{");

        Cli.Ran ran = setup.run("state", "show");

        assertThat(ran.err())
                .contains("cannot read the checkpoint", "restore it from a copy")
                .doesNotContain("\tat ");
        assertThat(ran.err().lines()).hasSize(1);
        assertThat(ran.status()).isEqualTo(1);
    }

    @Test
    void prints_sql_that_runs_as_it_is_when_a_view_is_asked() {
        Cli.Ran ran = setup.run("view", "public.orders");

        assertThat(ran.out())
                .startsWith("CREATE SCHEMA IF NOT EXISTS \"silver\";\nCREATE OR REPLACE VIEW \"silver\".\"orders\" AS")
                .contains("PARTITION BY \"order_id\", \"line\"");
        assertThat(setup.run("view", "bronze.orders", "--name", "gold.now").out())
                .contains("CREATE OR REPLACE VIEW \"gold\".\"now\" AS");
    }

    @Test
    void ends_with_2_when_no_view_can_be_made() {
        setup.tables("""
                tables:
                  - { source: public.orders, destination: bronze.orders, watermark: updated_at, key: [order_id, line] }
                """).write();

        assertThat(setup.run("view", "public.orders").err())
                .isEqualTo("the current state of bronze.orders needs rows stamped by cdc: set cdc to true for table"
                        + " public.orders\n");
        assertThat(setup.run("view", "public.order").err())
                .isEqualTo("table public.order is not in the configuration; the nearest is public.orders\n");
        assertThat(setup.run("view", "public.orders", "--name", "x").status()).isEqualTo(2);
    }
}
