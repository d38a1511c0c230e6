package dev.sluice;

import dev.sluice.batch.BatchPolicy;
import dev.sluice.row.Destination;
import dev.sluice.row.Row;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;

/** A client that is open during a test, on stepped time; it is closed in the end, and its account is checked. */
abstract class OpenClientTest extends PushTest {
    static final String OTHER = "bronze.others";

    private final AtomicReference<SteppedCrew> crew = new AtomicReference<>();
    private final AtomicReference<StreamClient> client = new AtomicReference<>();

    @AfterEach
    void closeClient() {
        Thread.interrupted();
        if (client.get() != null) {
            Accounts.balanced(client.get().close(Duration.ZERO));
        }
    }

    /** The client, made of the settings when it is asked for first. */
    StreamClient client() {
        if (client.get() == null) {
            client.set(settings.crew(dispatcher -> {
                        crew.set(new SteppedCrew(dispatcher, timing));
                        return crew.get();
                    })
                    .build());
        }
        return client.get();
    }

    /** Lets time pass and does what becomes due. */
    void pass(Duration time) {
        try {
            boolean ignored = crew.get().await(() -> false, time);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Does what is due already. */
    void work() {
        pass(Duration.ZERO);
    }

    /** A writer of batches of that many rows, which wait for each other for an hour. */
    StreamWriter writer(int maxRows) {
        return writer(Destination.append(TABLE), maxRows);
    }

    StreamWriter writer(Destination destination, int maxRows) {
        return client().writer(destination)
                .batches(new BatchPolicy(maxRows, 1_000_000))
                .linger(Duration.ofHours(1))
                .open();
    }

    static void write(StreamWriter writer, int from, int to) {
        IntStream.range(from, to).forEach(id -> {
            CompletableFuture<?> ignored = writer.write(Row.json(json(id)));
        });
    }

    static String jsons(int from, int to) {
        return String.join(
                ",", IntStream.range(from, to).mapToObj(PushTest::json).toList());
    }

    static PushRequest append(String table, int rows) {
        return PushRequest.append(table).rows(rows(rows));
    }

    static List<String> tables(ScriptedTransport transport) {
        return transport.sent().stream().map(ScriptedTransport.Sent::table).toList();
    }
}
