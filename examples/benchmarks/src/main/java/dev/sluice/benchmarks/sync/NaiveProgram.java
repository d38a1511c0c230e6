package dev.sluice.benchmarks.sync;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** What one writes without a library: a cursor, maps, Jackson, the JDK's HTTP client, one request after the other. */
final class NaiveProgram implements Contestant {
    static final int BATCH = 1_000;

    private final ObjectMapper mapper = new ObjectMapper();

    @Override
    public void run(Job job, LongConsumer settled) throws Exception {
        HttpClient http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        URI url = job.sink().resolve("/v2/stream");
        try (Connection connection = DriverManager.getConnection(job.database());
                Statement statement = JdbcRead.statement(connection, job);
                ResultSet rows =
                        statement.executeQuery("SELECT * FROM " + job.table() + " ORDER BY " + SampleTable.WATERMARK)) {
            List<Map<String, @Nullable Object>> batch = new ArrayList<>();
            long sent = 0;
            while (rows.next()) {
                batch.add(map(rows));
                if (batch.size() == BATCH) {
                    post(http, url, batch);
                    sent += BATCH;
                    settled.accept(sent);
                    batch.clear();
                }
            }
            if (!batch.isEmpty()) {
                post(http, url, batch);
            }
        }
    }

    private static Map<String, @Nullable Object> map(ResultSet row) throws SQLException {
        ResultSetMetaData columns = row.getMetaData();
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        for (int i = 1; i <= columns.getColumnCount(); i++) {
            map.put(columns.getColumnLabel(i), json(row.getObject(i)));
        }
        return map;
    }

    private static @Nullable Object json(@Nullable Object value) {
        if (value == null || value instanceof Number || value instanceof Boolean) {
            return value;
        }
        return value instanceof Timestamp time ? time.toInstant().toString() : value.toString();
    }

    private void post(HttpClient http, URI url, List<?> batch) throws IOException, InterruptedException {
        byte[] body = mapper.writeValueAsBytes(
                Map.of("config", Map.of("table", TableSync.DESTINATION, "mode", "append"), "data", batch));
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
}
