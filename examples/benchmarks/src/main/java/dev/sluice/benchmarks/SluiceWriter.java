package dev.sluice.benchmarks;

import dev.sluice.StreamClient;
import dev.sluice.StreamWriter;
import dev.sluice.batch.BatchPolicy;
import dev.sluice.spool.Spool;
import dev.sluice.transport.ApiKey;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** This library, row by row, with the settings that it comes with but for the rows of a batch. */
final class SluiceWriter implements Contestant {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final List<?> rows;
    private final StreamClient client;
    private final StreamWriter writer;
    private final @Nullable Path spool;

    /**
     * Sends rows to {@code sink}.
     *
     * @param batch the rows of a batch
     * @param spool a directory for a spool of its own, which is emptied in the end; null for none
     */
    SluiceWriter(URI sink, List<?> rows, int batch, @Nullable Path spool) {
        this.rows = rows;
        this.spool = spool;
        StreamClient.Builder settings =
                StreamClient.builder().baseUrl(sink.toString()).apiKey(ApiKey.of("benchmark"));
        if (spool != null) {
            settings.spool(Spool.sqlite(spool.resolve("spool.db")));
        }
        this.client = settings.build();
        this.writer = client.writer("bronze.events")
                .batches(new BatchPolicy(batch, BatchPolicy.DEFAULT.maxBytes()))
                .open();
    }

    /** With batches as they are unless set, and without a spool. */
    SluiceWriter(URI sink, List<?> rows) {
        this(sink, rows, BATCH, null);
    }

    /** With a spool in a directory of its own beside the temporary files. */
    static SluiceWriter spooled(URI sink, List<?> rows, int batch) throws IOException {
        return new SluiceWriter(sink, rows, batch, Files.createTempDirectory("sluice-spool"));
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // flush() throws for every row whose future fails
    public void send(int events) {
        for (int i = 0; i < events; i++) {
            writer.write(rows.get(i % Event.POOL));
        }
        writer.flush(PATIENCE);
        // With a spool the flush waits for the disk alone.
        if (client.drain(PATIENCE).pending() > 0) {
            throw new IllegalStateException("not delivered within " + PATIENCE + ": " + client.ledger());
        }
    }

    @Override
    public void close() throws IOException {
        writer.close();
        client.close();
        if (spool != null) {
            for (File file : Objects.requireNonNull(spool.toFile().listFiles())) {
                Files.delete(file.toPath());
            }
            Files.delete(spool);
        }
    }
}
