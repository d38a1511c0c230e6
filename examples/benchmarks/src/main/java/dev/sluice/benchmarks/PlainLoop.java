package dev.sluice.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;

/** What one writes without a library: Jackson, the JDK's HTTP client, and one request after the other. */
final class PlainLoop implements Contestant {
    private final List<Map<String, Object>> rows = Event.pool(Event::toMap);
    private final ObjectMapper mapper = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .build();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI url;

    PlainLoop(URI sink) {
        this.url = sink.resolve("/v2/stream");
    }

    @Override
    public void send(int events) throws IOException, InterruptedException {
        for (int sent = 0; sent < events; sent += BATCH) {
            int from = sent % Event.POOL;
            post(rows.subList(from, from + Math.min(BATCH, events - sent)));
        }
    }

    private void post(List<Map<String, Object>> batch) throws IOException, InterruptedException {
        byte[] body = mapper.writeValueAsBytes(
                Map.of("config", Map.of("table", "bronze.events", "mode", "append"), "data", batch));
        HttpRequest request = HttpRequest.newBuilder(url)
                .header("Authorization", "Bearer benchmark")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        int status = http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
        if (status != 200) {
            throw new IOException("HTTP " + status);
        }
    }

    @Override
    public void close() {
        // The JDK's client of Java 17 has nothing to close.
    }
}
