package dev.sluice.benchmarks;

import co.elastic.clients.elasticsearch.ElasticsearchAsyncClient;
import co.elastic.clients.elasticsearch._helpers.bulk.BulkIngester;
import co.elastic.clients.elasticsearch._helpers.bulk.BulkListener;
import co.elastic.clients.elasticsearch.core.BulkRequest;
import co.elastic.clients.elasticsearch.core.BulkResponse;
import co.elastic.clients.json.jackson.JacksonJsonpMapper;
import co.elastic.clients.transport.rest5_client.Rest5ClientTransport;
import co.elastic.clients.transport.rest5_client.low_level.Rest5Client;
import co.elastic.clients.util.BinaryData;
import co.elastic.clients.util.ContentType;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.sluice.row.RowMapper;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The client of Elasticsearch, document by document through its {@code BulkIngester}. */
final class Elastic implements Contestant {
    private static final int CONCURRENT = 4;
    private static final int FAILED = -1;

    private final List<?> pool;
    private final Rest5ClientTransport transport;
    private final BulkIngester<Void> ingester;
    private final Answered answered = new Answered();

    private Elastic(URI sink, List<?> pool) {
        this.pool = pool;
        this.transport = new Rest5ClientTransport(
                Rest5Client.builder(sink).build(),
                new JacksonJsonpMapper(JsonMapper.builder()
                        .addModule(new JavaTimeModule())
                        .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
                        .build()));
        ElasticsearchAsyncClient client = new ElasticsearchAsyncClient(transport);
        this.ingester = BulkIngester.of(settings -> settings.client(client)
                .maxOperations(BATCH)
                .maxConcurrentRequests(CONCURRENT)
                .listener(answered));
    }

    /** Maps, which the client has to encode. */
    static Elastic maps(URI sink) {
        return new Elastic(sink, Event.pool(Event::toMap));
    }

    /** Documents that are JSON already. */
    static Elastic json(URI sink) {
        return new Elastic(
                sink,
                Event.pool(event ->
                        BinaryData.of(RowMapper.standard().map(event).toBytes(), ContentType.APPLICATION_JSON)));
    }

    @Override
    public void send(int events) throws InterruptedException {
        for (int i = 0; i < events; i++) {
            Object row = pool.get(i % Event.POOL);
            ingester.add(
                    operation -> operation.index(index -> index.index("events").document(row)));
        }
        ingester.flush();
        answered.await(events);
    }

    @Override
    public void close() throws IOException {
        ingester.close();
        transport.close();
    }

    /** Counts what the server took. */
    private static final class Answered implements BulkListener<Void> {
        // The sizes of the batches that were answered.
        private final BlockingQueue<Integer> batches = new LinkedBlockingQueue<>();

        void await(int events) throws InterruptedException {
            int left = events;
            while (left > 0) {
                Integer taken = batches.poll(1, TimeUnit.MINUTES);
                if (taken == null || taken == FAILED) {
                    throw new IllegalStateException(left + " events were not taken");
                }
                left -= taken;
            }
        }

        @Override
        public void beforeBulk(long id, BulkRequest request, List<Void> contexts) {
            // What counts is the answer.
        }

        @Override
        public void afterBulk(long id, BulkRequest request, List<Void> contexts, BulkResponse response) {
            batches.add(response.errors() ? FAILED : response.items().size());
        }

        @Override
        public void afterBulk(long id, BulkRequest request, List<Void> contexts, Throwable failure) {
            batches.add(FAILED);
        }
    }
}
