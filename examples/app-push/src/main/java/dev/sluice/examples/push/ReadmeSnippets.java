package dev.sluice.examples.push;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.CloseReport;
import dev.sluice.Held;
import dev.sluice.Ledger;
import dev.sluice.PushRequest;
import dev.sluice.RateLimit;
import dev.sluice.Replay;
import dev.sluice.ReplayReport;
import dev.sluice.StreamClient;
import dev.sluice.StreamWriter;
import dev.sluice.jdbc.JdbcExtractor;
import dev.sluice.jdbc.SyncReport;
import dev.sluice.jdbc.checkpoint.CheckpointStore;
import dev.sluice.jdbc.source.TablePlan;
import dev.sluice.micrometer.ClientMetrics;
import dev.sluice.push.PushFunction;
import dev.sluice.push.PushRunner;
import dev.sluice.push.RowOutcome;
import dev.sluice.receipt.DeadLetterStore;
import dev.sluice.receipt.DeadLetters;
import dev.sluice.receipt.Receipt;
import dev.sluice.receipt.RowStatus;
import dev.sluice.row.ChangeType;
import dev.sluice.row.ChangedRow;
import dev.sluice.row.InvalidRowException;
import dev.sluice.row.RowMapper;
import dev.sluice.spool.PushQueue;
import dev.sluice.spool.Spool;
import dev.sluice.transport.ApiKey;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
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

    static void pushOtherwise(StreamClient client, List<?> customers) {
        // snippet async
        PushRequest request = PushRequest.merge("bronze.customers", "id").rows(customers);
        List<InvalidRowException> problems = client.validate(request);
        CompletableFuture<Receipt> receipt = client.pushAsync(request);
        // end
        System.out.println(problems + " " + receipt);
    }

    static void write(StreamClient client) {
        // snippet writer
        StreamWriter writer =
                client.writer("bronze.clicks").linger(Duration.ofMillis(200)).open();
        CompletableFuture<RowStatus> settled = writer.write(Map.of("page", "/home"));
        boolean taken = writer.offer(Map.of("page", "/cart"));
        Ledger ledger = writer.flush(Duration.ofSeconds(10));
        CloseReport report = writer.close(Duration.ofSeconds(30));
        for (Held held : report.held()) {
            System.err.println(
                    held.batch().rows() + " rows are left: " + held.cause().getMessage());
        }
        // end
        System.out.println(settled + " " + taken + " " + ledger);
    }

    static void spool(Object event) {
        // snippet spool
        StreamClient client = StreamClient.builder()
                .baseUrl("https://api.definite.app")
                .apiKey(ApiKey.fromEnv("DEFINITE_API_KEY"))
                .spool(Spool.sqlite(Path.of("spool.db")))
                .build();
        StreamWriter writer = client.writer("bronze.orders").open();
        CompletableFuture<RowStatus> safe = writer.write(event);
        writer.flush(Duration.ofSeconds(10)); // now every row is on the disk
        CloseReport report = client.close(Duration.ofSeconds(30));
        System.out.println(report.spooledRows() + " rows wait for the next start");
        // end
        System.out.println(safe);
    }

    static void replay(StreamClient client) {
        // snippet replay
        DeadLetterStore letters = DeadLetters.directory(Path.of("dead-letters"));
        ReplayReport report = Replay.of(client, letters).table("bronze.events").run();
        // end
        System.out.println(report);
    }

    static void pushToFunction(List<ChangedRow> changes, long offset) {
        // snippet function
        PushFunction crm = PushFunction.sync(batch -> {
            Map<String, RowOutcome> outcomes = new HashMap<>();
            for (ChangedRow row : batch.rows()) {
                outcomes.put(row.key(), send(row.change(), row.payload()));
            }
            return outcomes;
        });
        try (PushQueue queue = PushQueue.sqlite(Path.of("crm.db"));
                PushRunner runner = PushRunner.builder(queue, "crm", crm)
                        .rateLimit(RateLimit.parse("100 per 10s"))
                        .deadLetters(DeadLetters.directory(Path.of("dead-letters")))
                        .build()) {
            queue.put("crm", changes, offset);
            System.out.println(runner.run());
        }
        // end
    }

    private static RowOutcome send(ChangeType change, Map<String, Object> row) {
        return RowOutcome.reject(change + " of " + row.size() + " fields");
    }

    static void set(MeterRegistry registry, ObjectMapper objectMapper) {
        // snippet settings
        ClientMetrics metrics = new ClientMetrics(registry);
        StreamClient client = StreamClient.builder()
                .baseUrl("https://api.definite.app")
                .apiKey(ApiKey.fromEnv("DEFINITE_API_KEY"))
                .rowMapper(RowMapper.json(objectMapper::writeValueAsBytes))
                .listener(metrics)
                .build();
        metrics.watch(client);
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
