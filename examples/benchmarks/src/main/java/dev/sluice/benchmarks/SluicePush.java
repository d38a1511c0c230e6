package dev.sluice.benchmarks;

import dev.sluice.StreamClient;
import dev.sluice.transport.ApiKey;
import java.net.URI;
import java.util.List;
import java.util.Map;

/** This library, in pushes that each wait for their answer. */
final class SluicePush implements Contestant {
    private final List<Map<String, Object>> rows = Event.pool(Event::toMap);
    private final StreamClient client;

    SluicePush(URI sink) {
        this.client = StreamClient.builder()
                .baseUrl(sink.toString())
                .apiKey(ApiKey.of("benchmark"))
                .build();
    }

    @Override
    public void send(int events) {
        for (int sent = 0; sent < events; sent += BATCH) {
            int from = sent % Event.POOL;
            client.push("bronze.events", rows.subList(from, from + Math.min(BATCH, events - sent)));
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
