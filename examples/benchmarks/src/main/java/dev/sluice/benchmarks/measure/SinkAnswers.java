package dev.sluice.benchmarks.measure;

import java.nio.charset.StandardCharsets;

/** What the sink says: the answer of the Stream API, of InfluxDB or of Elasticsearch, as the address asks for. */
final class SinkAnswers {
    private static final String ELASTIC =
            "X-Elastic-Product: Elasticsearch\r\nContent-Type: application/vnd.elasticsearch+json;compatible-with=9\r\n";
    private static final byte[] INFLUX = bytes("HTTP/1.1 204 No Content\r\n\r\n");
    private static final byte[] UNKNOWN = bytes("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");

    // Batches are of one size mostly, and so are the answers to them: they are made once.
    private int bulkEvents = -1;
    private byte[] bulk = new byte[0];

    byte[] to(String request, int events) {
        if (request.startsWith("POST /v2/stream")) {
            return stream(events);
        }
        if (request.startsWith("POST /api/v2/write")) {
            return INFLUX;
        }
        if (request.startsWith("POST /_bulk")) {
            return bulk(events);
        }
        return request.startsWith("GET / ") ? info() : UNKNOWN;
    }

    private static byte[] stream(int events) {
        return ok(
                "Content-Type: application/json\r\n",
                "{\"success\":true,\"accepted\":" + events + ",\"successful_rows\":" + events
                        + ",\"rejected_rows\":0,\"request_id\":\"req_1\",\"warnings\":[],\"errors\":[]}");
    }

    private byte[] bulk(int events) {
        if (events != bulkEvents) {
            String item = "{\"index\":{\"_index\":\"events\",\"_id\":\"1\",\"_version\":1,\"result\":\"created\","
                    + "\"_shards\":{\"total\":1,\"successful\":1,\"failed\":0},\"_seq_no\":1,\"_primary_term\":1,"
                    + "\"status\":201}},";
            String items = item.repeat(events);
            bulk = ok(
                    ELASTIC,
                    "{\"took\":1,\"errors\":false,\"items\":[" + items.substring(0, Math.max(0, items.length() - 1))
                            + "]}");
            bulkEvents = events;
        }
        return bulk;
    }

    private static byte[] info() {
        return ok(
                ELASTIC,
                "{\"name\":\"sink\",\"cluster_name\":\"sink\",\"cluster_uuid\":\"sink\",\"version\":{"
                        + "\"number\":\"9.1.4\",\"build_flavor\":\"default\",\"build_type\":\"tar\","
                        + "\"build_hash\":\"0\",\"build_date\":\"2026-01-01T00:00:00Z\",\"build_snapshot\":false,"
                        + "\"lucene_version\":\"10.2.2\",\"minimum_wire_compatibility_version\":\"8.18.0\","
                        + "\"minimum_index_compatibility_version\":\"8.0.0\"},\"tagline\":\"You Know, for Search\"}");
    }

    private static byte[] ok(String headers, String body) {
        return bytes("HTTP/1.1 200 OK\r\n" + headers + "Content-Length: " + body.length() + "\r\n\r\n" + body);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
