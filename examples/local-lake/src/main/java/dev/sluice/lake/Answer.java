package dev.sluice.lake;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the server says to one request: a status, headers of its own and a JSON body. */
record Answer(int status, Map<String, String> headers, Map<String, @Nullable Object> body) {

    static Answer ok(Map<String, @Nullable Object> body) {
        return new Answer(200, Map.of(), body);
    }

    static Answer error(int status, String requestId, String message) {
        return error(status, requestId, message, List.of(message));
    }

    static Answer of(Refusal refusal, String requestId) {
        Answer answer = error(refusal.status(), requestId, refusal.message(), refusal.errors());
        answer.body().put("accepted", 0);
        answer.body().put("successful_rows", 0);
        answer.body().put("rejected_rows", refusal.rejectedRows());
        return answer;
    }

    private static Answer error(int status, String requestId, String message, List<String> errors) {
        Map<String, @Nullable Object> body = new LinkedHashMap<>();
        body.put("success", false);
        body.put("request_id", requestId);
        body.put("error", message);
        body.put("errors", errors);
        return new Answer(status, Map.of(), body);
    }

    Answer with(String header, String value) {
        return new Answer(status, Map.of(header, value), body);
    }
}
