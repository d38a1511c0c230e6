package dev.sluice.examples.sink;

import dev.sluice.push.PushBatch;
import dev.sluice.push.PushFunction;
import dev.sluice.push.RowOutcome;
import dev.sluice.row.ChangedRow;
import dev.sluice.row.RowMapper;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** Brings each changed contact to the CRM: POST a new one, PATCH what changed, DELETE what is gone. */
final class CrmSink implements PushFunction.Sync {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
    private final String contacts;

    CrmSink(String baseUrl) {
        contacts = baseUrl + "/contacts";
    }

    @Override
    public Map<String, RowOutcome> push(PushBatch batch) throws IOException, InterruptedException {
        Map<String, RowOutcome> outcomes = new LinkedHashMap<>();
        for (ChangedRow row : batch.rows()) {
            outcomes.put(row.key(), push(batch, row));
        }
        return outcomes;
    }

    private RowOutcome push(PushBatch batch, ChangedRow row) throws IOException, InterruptedException {
        try {
            return switch (row.change()) {
                case INSERT -> send(batch, row, "POST", contacts);
                case UPDATE_POSTIMAGE -> send(batch, row, "PATCH", contact(row));
                case DELETE -> send(batch, row, "DELETE", contact(row));
                // The CRM does not care what a contact was before.
                case UPDATE_PREIMAGE -> RowOutcome.ok();
            };
        } catch (ConnectException | HttpConnectTimeoutException e) {
            // Nothing was sent. After any other trouble the CRM may have the row: thrown, the batch comes again with
            // its keys.
            return RowOutcome.error("the CRM cannot be reached: " + e.getClass().getSimpleName());
        }
    }

    private RowOutcome send(PushBatch batch, ChangedRow row, String method, String url)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                .timeout(TIMEOUT)
                .header("Content-Type", "application/json")
                // The same when the batch comes again after a crash, so that the CRM takes the row once.
                .header("Idempotency-Key", batch.id() + ":" + row.key())
                .method(method, method.equals("DELETE") ? BodyPublishers.noBody() : body(row))
                .build();
        return outcome(method, http.send(request, BodyHandlers.discarding()).statusCode());
    }

    private static RowOutcome outcome(String method, int status) {
        if (status / 100 == 2) {
            return RowOutcome.ok();
        }
        if (status == 404 && method.equals("DELETE")) {
            return RowOutcome.warn("it was gone already");
        }
        if (status / 100 == 3 || (status == 404 && method.equals("POST"))) {
            // A wrong address is no row's fault: none may become a dead letter for it.
            throw new IllegalStateException(
                    "HTTP " + status + " to " + method + " says that this is not the CRM: check its address");
        }
        boolean mayWorkLater = status >= 500 || status == 401 || status == 403 || status == 408 || status == 429;
        return mayWorkLater ? RowOutcome.error("HTTP " + status) : RowOutcome.reject("HTTP " + status);
    }

    private static HttpRequest.BodyPublisher body(ChangedRow row) {
        return BodyPublishers.ofByteArray(
                RowMapper.standard().map(row.payload()).toBytes());
    }

    private String contact(ChangedRow row) {
        return contacts + "/" + URLEncoder.encode(String.valueOf(row.fields().get("id")), StandardCharsets.UTF_8);
    }
}
