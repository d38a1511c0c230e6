package dev.sluice.examples.sink;

import dev.sluice.push.PushBatch;
import dev.sluice.push.PushFunction;
import dev.sluice.push.RowOutcome;
import dev.sluice.row.ChangedRow;
import dev.sluice.row.RowMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

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
    public Map<String, RowOutcome> push(PushBatch batch) throws InterruptedException {
        Map<String, RowOutcome> outcomes = new LinkedHashMap<>();
        Set<Long> failed = new HashSet<>();
        for (ChangedRow row : batch.rows()) {
            // An update must not reach the CRM ahead of the insert that failed.
            RowOutcome outcome = failed.contains(row.rowId())
                    ? RowOutcome.error("waits for an earlier change of the row")
                    : push(batch, row);
            if (outcome instanceof RowOutcome.Failed) {
                failed.add(row.rowId());
            }
            outcomes.put(row.key(), outcome);
        }
        return outcomes;
    }

    private RowOutcome push(PushBatch batch, ChangedRow row) throws InterruptedException {
        try {
            return switch (row.change()) {
                case INSERT -> send(batch, row, "POST", contacts);
                case UPDATE_POSTIMAGE -> send(batch, row, "PATCH", contact(row));
                case DELETE -> send(batch, row, "DELETE", contact(row));
                // The CRM does not care what a contact was before.
                case UPDATE_PREIMAGE -> RowOutcome.ok();
            };
        } catch (IOException e) {
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
