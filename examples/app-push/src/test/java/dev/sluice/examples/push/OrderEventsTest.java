package dev.sluice.examples.push;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.StreamClient;
import dev.sluice.lake.LocalLake;
import dev.sluice.receipt.Receipt;
import dev.sluice.transport.ApiKey;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs on the module path, against a real lake. */
final class OrderEventsTest {
    private static final List<OrderEvents.Order> ORDERS = List.of(
            new OrderEvents.Order(1, "Ada", new BigDecimal("12.50"), Instant.parse("2026-01-01T10:00:00Z")),
            new OrderEvents.Order(2, "Grace", new BigDecimal("0.99"), Instant.parse("2026-01-01T11:00:00Z")));

    @Test
    void runs_on_the_module_path() {
        assertThat(StreamClient.class.getModule().getName()).isEqualTo("dev.sluice");
        assertThat(OrderEvents.class.getModule().getName()).isEqualTo("dev.sluice.examples.push");
    }

    @Test
    void lands_orders_once_when_they_are_told_twice(@TempDir Path directory) {
        try (LocalLake lake = LocalLake.builder()
                        .file(directory.resolve("lake.duckdb"))
                        .apiKey("local-key")
                        .start();
                StreamClient client = StreamClient.builder()
                        .baseUrl(lake.baseUrl().toString())
                        .apiKey(ApiKey.of("local-key"))
                        .build()) {
            Receipt first = OrderEvents.tell(client, ORDERS);
            OrderEvents.tell(client, ORDERS);
            assertThat(first.delivered()).isEqualTo(2);
            assertThat(lake.query("SELECT count(*) AS n, min(customer) AS first FROM bronze.orders"))
                    .hasToString("[{n=2, first=Ada}]");
        }
    }
}
