package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.batch.Batch;
import dev.sluice.batch.BatchId;
import dev.sluice.batch.BatchPolicy;
import dev.sluice.batch.RowBuffer;
import dev.sluice.receipt.Receipt;
import dev.sluice.row.Destination;
import dev.sluice.row.RowMapper;
import dev.sluice.testkit.RecordingDeadLetters;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** A client on a scripted transport and a clock that is stepped by hand; every push's account is checked. */
abstract class PushTest {
    static final String TABLE = "bronze.events";

    final ManualTiming timing = new ManualTiming();
    final ScriptedTransport transport = new ScriptedTransport();
    final RecordingDeadLetters letters = new RecordingDeadLetters();
    StreamClient.Builder settings = stepped(timing).transport(transport).batches(new BatchPolicy(100, 1_000_000));

    /** A client whose work is done on the thread that waits for it, one batch of a table at a time. */
    static StreamClient.Builder stepped(ManualTiming timing) {
        return StreamClient.builder()
                .timing(timing)
                .crew(dispatcher -> new SteppedCrew(dispatcher, timing))
                .maxMemory(64_000_000)
                .maxInFlight(1);
    }

    void set(UnaryOperator<StreamClient.Builder> change) {
        settings = change.apply(settings);
    }

    void keepDeadLetters() {
        settings.deadLetters(letters);
    }

    void retries(int attempts, Duration deadline) {
        settings.retries(new RetryPolicy(attempts, Duration.ofMillis(500), Duration.ofSeconds(30), deadline));
    }

    Receipt push(int rows) {
        return push(append(rows));
    }

    Receipt push(PushRequest request) {
        try (StreamClient client = settings.build()) {
            return Accounts.balanced(client.push(request));
        }
    }

    Receipt push(Batch batch) {
        try (StreamClient client = settings.build()) {
            return Accounts.balanced(client.push(batch));
        }
    }

    /** A push that must end in the exception given, which holds a sound account with rows left over. */
    <T extends PushException> T fails(Class<T> type, PushRequest request) {
        T failure = catchThrowableOfType(type, () -> push(request));
        assertThat(failure).isNotNull();
        assertThat(Accounts.balanced(failure.receipt()).undelivered()).isPositive();
        return failure;
    }

    <T extends PushException> T fails(Class<T> type, int rows) {
        return fails(type, append(rows));
    }

    static PushRequest append(int rows) {
        return PushRequest.append(TABLE).rows(rows(rows));
    }

    static List<Map<String, Integer>> rows(int count) {
        return IntStream.range(0, count).mapToObj(i -> Map.of("id", i)).toList();
    }

    static String json(int id) {
        return "{\"id\":" + id + "}";
    }

    static Batch batch(String id, int rows) {
        RowBuffer buffer = new RowBuffer();
        rows(rows).forEach(row -> buffer.add(RowMapper.standard().map(row)));
        return buffer.toBatch(new BatchId(id), Destination.append(TABLE));
    }

    static boolean holds(Batch batch, String row) {
        return ("," + ScriptedTransport.rows(batch) + ",").contains("," + row + ",");
    }
}
