package dev.sluice.examples.push;

import dev.sluice.StreamClient;
import dev.sluice.jdbc.JdbcExtractor;
import dev.sluice.jdbc.SyncReport;
import dev.sluice.jdbc.checkpoint.CheckpointStore;
import dev.sluice.jdbc.source.TablePlan;
import dev.sluice.receipt.DeadLetters;
import dev.sluice.receipt.Receipt;
import dev.sluice.transport.ApiKey;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

/** The Java that the README shows, compiled; a test holds the two against each other. */
final class ReadmeSnippets {
    private ReadmeSnippets() {}

    static void push() {
        // snippet push
        try (StreamClient client = StreamClient.builder()
                .baseUrl("https://api.definite.app")
                .apiKey(ApiKey.fromEnv("DEFINITE_API_KEY"))
                .deadLetters(DeadLetters.directory(Path.of("dead-letters")))
                .build()) {
            Receipt receipt = client.push("bronze.events", List.of(Map.of("id", 1, "kind", "signup")));
            System.out.println(receipt.delivered() + " rows delivered, " + receipt.dead() + " dead-lettered");
        }
        // end
    }

    static void extract(DataSource dataSource, StreamClient client) {
        // snippet extract
        JdbcExtractor extractor = JdbcExtractor.builder(dataSource, client)
                .checkpoints(CheckpointStore.file(Path.of("sync-state")))
                .table(TablePlan.of("public.customers", "bronze.customers")
                        .watermark("updated_at")
                        .key("id")
                        .cdc(true)
                        .softDelete("deleted_at"))
                .build();
        SyncReport report = extractor.syncOnce();
        // end
        System.out.println(report.rows());
    }
}
