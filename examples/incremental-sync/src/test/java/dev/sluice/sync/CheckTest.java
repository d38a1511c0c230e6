package dev.sluice.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jdbc.checkpoint.CheckpointStore;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckTest {
    @TempDir
    Path folder;

    private Shop shop;
    private Setup setup;

    @BeforeEach
    void open() throws SQLException {
        shop = Shop.open();
        setup = new Setup(folder).database(shop.url()).write();
    }

    @Test
    void says_so_when_there_are_no_findings() throws SQLException {
        index();

        Cli.Ran ran = setup.run("check");

        assertThat(ran.out()).isEqualTo("no findings in 3 tables\n");
        assertThat(ran.err()).isEmpty();
        assertThat(ran.status()).isZero();
        assertThat(folder.resolve("sync-state")).doesNotExist();
    }

    @Test
    void ends_with_0_and_a_line_each_when_nothing_is_worse_than_a_warning() {
        Cli.Ran ran = setup.run("check", "--table", "public.orders", "--table", "bronze.products");

        assertThat(ran.out().lines())
                .containsExactly(
                        "WARNING NO_WATERMARK_INDEX public.orders: no index begins with updated_at, so that every page"
                                + " reads and sorts the whole table: CREATE INDEX \"orders_watermark\" ON"
                                + " \"public\".\"orders\" (\"updated_at\", \"order_id\", \"line\")",
                        "WARNING NO_WATERMARK_INDEX public.products: no index begins with updated_at, so that every"
                                + " page reads and sorts the whole table: CREATE INDEX \"products_watermark\" ON"
                                + " \"public\".\"products\" (\"updated_at\", \"sku\")");
        assertThat(ran.status()).isZero();
    }

    @Test
    void ends_with_1_when_a_table_cannot_be_synced() throws SQLException {
        index();
        shop.run("DROP TABLE orders");

        Cli.Ran ran = setup.run("check");

        assertThat(ran.out())
                .startsWith("ERROR TABLE_MISSING public.orders: there is no table")
                .hasLineCount(1);
        assertThat(ran.status()).isEqualTo(1);
    }

    @Test
    void looks_on_when_a_sync_holds_the_state() throws SQLException {
        index();
        CheckpointStore.Lock sync =
                CheckpointStore.file(folder.resolve("sync-state")).lock(Duration.ZERO);

        assertThat(setup.run("check").status()).isZero();
        sync.close();
    }

    @Test
    void ends_with_1_and_one_line_when_the_database_cannot_be_reached() {
        Cli.Ran ran =
                setup.database("jdbc:postgresql://127.0.0.1:1/none").write().run("check");

        assertThat(ran.err())
                .startsWith("cannot connect to the database 127.0.0.1:1/none")
                .hasLineCount(1);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.status()).isEqualTo(1);
    }

    @Test
    void ends_with_2_when_the_table_is_not_in_the_configuration() {
        assertThat(setup.run("check", "--table", "public.order").status()).isEqualTo(2);
    }

    private void index() throws SQLException {
        shop.run("CREATE INDEX ON customers (updated_at); CREATE INDEX ON orders (updated_at);"
                + " CREATE INDEX ON products (updated_at)");
    }
}
