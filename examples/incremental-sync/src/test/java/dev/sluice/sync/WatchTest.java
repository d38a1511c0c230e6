package dev.sluice.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.lake.LocalLake;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A watch in a process of its own, with a real database and a lake. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
@EnabledOnOs({OS.LINUX, OS.MAC})
class WatchTest {
    private static final String POLL = "poll: { floor: 50ms, ceiling: 200ms }\n";
    private static final Pattern PAGE = Pattern.compile("status page at (\\S+)");

    @TempDir
    Path folder;

    private final HttpClient http = HttpClient.newHttpClient();
    private Shop shop;
    private LocalLake lake;
    private Setup setup;

    @BeforeEach
    void open() throws SQLException {
        shop = Shop.open();
        lake = LocalLake.builder()
                .file(folder.resolve("lake.duckdb"))
                .apiKey(Setup.KEY)
                .port(0)
                .start();
        setup = new Setup(folder)
                .api(lake.baseUrl())
                .database(shop.url())
                .more(POLL)
                .write();
    }

    @AfterEach
    void close() {
        lake.close();
    }

    @Test
    void delivers_changes_until_it_is_terminated() throws Exception {
        try (Child watch = start("--http", "127.0.0.1:0")) {
            loaded(watch);
            shop.run("UPDATE products SET price = 99, updated_at = now() WHERE sku = 'p7'");
            watch.awaitErr(err -> err.contains("public.products -> bronze.products: 1 row in 1 page\n"));

            assertThat(setup.run("state", "show").out()).contains("public.products");
            watch.terminate();
            assertThat(watch.await()).as(watch.err()).isZero();

            assertThat(watch.out())
                    .contains("public.products -> bronze.products: 26 rows\n")
                    .endsWith("total: 926 rows of 3 tables, 0 dead\n");
            assertThat(watch.err()).endsWith("stopped; everything was delivered before\n");
            assertThat(watch.err().lines()).as("no line for nothing").hasSizeLessThan(14);
            assertThat(lake.query("SELECT price FROM bronze.products WHERE sku = 'p7' AND _cdc_op = 'u'"))
                    .hasSize(1);
            assertThat(setup.run("sync").out()).endsWith("total: 0 rows of 3 tables, 0 dead, 0 held back\n");
        }
    }

    @Test
    void answers_on_http_while_it_runs() throws Exception {
        try (Child watch = start("--http", "127.0.0.1:0")) {
            String err = loaded(watch);
            Matcher page = PAGE.matcher(err);
            assertThat(page.find()).as(err).isTrue();
            URI root = URI.create(page.group(1));

            HttpResponse<String> health = get(root.resolve("/health"));
            HttpResponse<String> metrics = get(root.resolve("/metrics"));
            HttpResponse<String> people = get(root);

            assertThat(root.getHost()).isEqualTo("127.0.0.1");
            assertThat(health.statusCode()).isEqualTo(200);
            assertThat(health.body())
                    .startsWith("{\"status\":\"UP\",\"api\":\"UP\",\"tables\":[{\"source\":\"public.customers\"")
                    .containsPattern("\"lagSeconds\":\\d");
            assertThat(metrics.headers().firstValue("Content-Type"))
                    .contains("text/plain; version=0.0.4; charset=utf-8");
            assertThat(metrics.body())
                    .contains("sluice_rows_extracted_total{source=\"public.orders\",table=\"bronze.orders\"} 600\n")
                    .contains("sluice_rows_dead{table=\"bronze.orders\"} 0\n", "sluice_pending_bytes 0\n");
            assertThat(people.body()).contains("<td>public.orders</td>");
            assertThat(get(root.resolve("/else")).statusCode()).isEqualTo(404);
            assertThat(health.body() + metrics.body() + people.body()).doesNotContain(Setup.KEY, Setup.PASSWORD);
        }
    }

    @Test
    void names_the_holder_when_a_second_one_is_started() throws Exception {
        try (Child watch = start()) {
            loaded(watch);

            Cli.Ran second = setup.run("watch");

            assertThat(second.err()).contains("another sync is running on " + folder.resolve("sync-state"));
            assertThat(second.status()).isEqualTo(1);
        }
    }

    @Test
    void waits_and_says_so_once_when_the_key_is_refused() throws Exception {
        setup.key("wrong-key-of-someone").write();
        try (Child watch = start("--http", "0")) {
            String err = watch.awaitErr(said -> said.contains("waiting until it does"));
            Matcher page = PAGE.matcher(err);
            assertThat(page.find()).isTrue();
            URI root = URI.create(page.group(1));
            awaitFailures(root);

            HttpResponse<String> health = get(root.resolve("/health"));
            watch.terminate();

            assertThat(health.statusCode()).isEqualTo(503);
            assertThat(health.body()).startsWith("{\"status\":\"DOWN\",\"api\":\"AUTH\"");
            assertThat(watch.await()).isEqualTo(1);
            assertThat(watch.err())
                    .containsOnlyOnce("the API does not accept destination.apiKey (HTTP 401)")
                    .doesNotContain("attempt 1 failed")
                    .endsWith("stopped before everything was delivered; the next run goes on from there\n")
                    .doesNotContain("wrong-key-of-someone");
        }
    }

    @Test
    void goes_on_and_says_both_once_when_the_api_was_down() throws Exception {
        Path file = folder.resolve("lake.duckdb");
        int port = lake.baseUrl().getPort();
        try (Child watch = start()) {
            loaded(watch);
            lake.close();
            shop.run("UPDATE products SET price = 99, updated_at = now() WHERE sku = 'p7'");
            watch.awaitErr(err -> err.contains("public.products -> bronze.products: page not delivered"));
            lake = LocalLake.builder().file(file).apiKey(Setup.KEY).port(port).start();

            watch.awaitErr(err -> err.contains("public.products -> bronze.products: goes on"));
            watch.terminate();

            assertThat(watch.await()).as(watch.err()).isZero();
            assertThat(watch.err()).containsOnlyOnce("bronze.products: attempt 1 failed");
            assertThat(watch.err()).containsOnlyOnce("page not delivered");
        }
    }

    @Test
    void delivers_by_way_of_the_spool_when_there_is_one() throws Exception {
        setup.more(POLL + "spool: ./spool.db\n").write();
        try (Child watch = start()) {
            loaded(watch);
            watch.terminate();

            assertThat(watch.await()).as(watch.err()).isZero();
        }
        assertThat(lake.query("SELECT count(*) AS n FROM bronze.orders").get(0).get("n"))
                .hasToString("600");
    }

    @Test
    void refuses_an_address_that_is_taken_before_anything_is_sent() throws IOException {
        try (FakeApi other = FakeApi.answering(200, "text/plain", "")) {
            String taken = other.url().replace("http://", "");

            Cli.Ran ran = setup.run("watch", "--http", taken);

            assertThat(ran.err()).contains("cannot listen on", "choose another address with --http");
            assertThat(ran.status()).isEqualTo(1);
            assertThat(lake.requests()).isZero();
        }
    }

    private Child start(String... more) throws IOException {
        String[] all = new String[more.length + 3];
        all[0] = "watch";
        all[1] = "--config";
        all[2] = setup.file().toString();
        System.arraycopy(more, 0, all, 3, more.length);
        Path streams = Files.createDirectories(folder.resolve("streams"));
        return Child.start(streams, all);
    }

    private static String loaded(Child watch) throws InterruptedException {
        return watch.awaitErr(err -> err.contains("bronze.customers: 300 rows")
                && err.contains("bronze.orders: 600 rows")
                && err.contains("bronze.products: 25 rows"));
    }

    private void awaitFailures(URI root) throws Exception {
        Pattern twice = Pattern.compile("sluice_sync_errors_total\\{source=\"public.products\".*} [1-9]");
        while (!twice.matcher(get(root.resolve("/metrics")).body()).find()) {
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
        }
    }

    private HttpResponse<String> get(URI page) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(page).build(), HttpResponse.BodyHandlers.ofString());
    }
}
