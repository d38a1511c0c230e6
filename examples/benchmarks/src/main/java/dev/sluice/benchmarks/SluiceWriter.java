package dev.sluice.benchmarks;

import dev.sluice.StreamClient;
import dev.sluice.StreamWriter;
import dev.sluice.transport.ApiKey;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/** This library, row by row, with the settings that it comes with. */
final class SluiceWriter implements Contestant {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final List<?> rows;
    private final StreamClient client;
    private final StreamWriter writer;

    SluiceWriter(URI sink, List<?> rows) {
        this.rows = rows;
        this.client = StreamClient.builder()
                .baseUrl(sink.toString())
                .apiKey(ApiKey.of("benchmark"))
                .build();
        this.writer = client.writer("bronze.events").open();
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // flush() throws for every row whose future fails
    public void send(int events) {
        for (int i = 0; i < events; i++) {
            writer.write(rows.get(i % Event.POOL));
        }
        writer.flush(PATIENCE);
    }

    @Override
    public void close() {
        writer.close();
        client.close();
    }
}
