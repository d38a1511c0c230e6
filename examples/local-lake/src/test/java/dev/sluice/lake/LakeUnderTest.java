package dev.sluice.lake;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/** A lake in a folder of its own and a client that talks to it over a real socket. */
final class LakeUnderTest implements AutoCloseable {
    static final String KEY = "local-key-4711";
    private static final ObjectMapper JSON = new ObjectMapper();

    /** One client for all: each has a thread that only garbage collection ends. */
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    final Path file;
    final LocalLake lake;

    record Reply(int status, JsonNode body, HttpResponse<String> http) {
        String error() {
            return body.path("error").asText();
        }

        String warnings() {
            return body.path("warnings").toString();
        }
    }

    LakeUnderTest(Path folder) {
        file = folder.resolve("lake.duckdb");
        lake = LocalLake.builder().file(file).apiKey(KEY).start();
    }

    static String envelope(String data, String config) {
        return "{\"data\": " + data + ", \"config\": {" + config + "}}";
    }

    static String into(String table) {
        return "\"table\": \"" + table + "\"";
    }

    static String merge(String key) {
        return into("bronze.t") + ", \"mode\": \"merge\", \"primary_key\": [\"" + key + "\"]";
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(lake.baseUrl().resolve(path)).header("Authorization", "Bearer " + KEY);
    }

    HttpRequest.Builder json(String body) {
        return json(body.getBytes(StandardCharsets.UTF_8));
    }

    HttpRequest.Builder json(byte[] body) {
        return request("/v2/stream").header("Content-Type", "application/json").POST(BodyPublishers.ofByteArray(body));
    }

    HttpRequest.Builder ndjson(String query, String body) {
        return request("/v2/stream" + query)
                .header("Content-Type", "application/x-ndjson")
                .POST(BodyPublishers.ofString(body));
    }

    Reply send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> answer = CLIENT.send(request.build(), BodyHandlers.ofString());
            return new Reply(answer.statusCode(), JSON.readTree(answer.body()), answer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    Reply post(String data, String config) {
        return send(json(envelope(data, config)));
    }

    /** Appends to bronze.t. */
    Reply append(String data) {
        return post(data, into("bronze.t"));
    }

    Reply sql(String sql) {
        return send(request("/sql").POST(BodyPublishers.ofString(sql)));
    }

    Map<String, Object> row(String sql) {
        List<Map<String, Object>> rows = lake.query(sql);
        return rows.get(0);
    }

    Object value(String sql) {
        return row(sql).values().iterator().next();
    }

    long count(String table) {
        return (Long) value("SELECT count(*) FROM " + table);
    }

    boolean hasTable(String schema) {
        return (Long) value("SELECT count(*) FROM duckdb_tables() WHERE schema_name = '" + schema + "'") > 0;
    }

    /** The values of column x of bronze.t as text, with the column's type in front. */
    String columnX() {
        List<Map<String, Object>> rows =
                lake.query("SELECT CAST(x AS VARCHAR) AS x, typeof(x) AS t FROM bronze.t ORDER BY rowid");
        return rows.get(0).get("t") + ": "
                + String.join(
                        " ",
                        rows.stream().map(row -> String.valueOf(row.get("x"))).toList());
    }

    static byte[] gzip(byte[] plain) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(plain);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return packed.toByteArray();
    }

    @Override
    public void close() {
        lake.close();
    }
}
