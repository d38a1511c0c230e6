package dev.sluice.testkit;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** One request and all that can be done to it; its body is read only when somebody asks what is in it. */
final class Exchange {
    private final Connection connection;
    private final Head head;
    private final Rules rules;
    private final Tables tables;
    private final RequestLog log;
    private boolean read;
    private @Nullable Envelope envelope;
    private List<Row> rows = List.of();
    private @Nullable Refusal refusal;
    private int place = -1;

    Exchange(Connection connection, Head head, Rules rules, Tables tables, RequestLog log) {
        this.connection = connection;
        this.head = head;
        this.rules = rules;
        this.tables = tables;
        this.log = log;
    }

    /** The table named; empty if none can be made out. */
    String table() throws IOException {
        read();
        return envelope == null ? "" : envelope.table();
    }

    boolean hasRow(Predicate<Map<String, Object>> wanted) throws IOException {
        read();
        return rows.stream().anyMatch(row -> wanted.test(row.values()));
    }

    /** Does with the rows what the API does: they land, or are refused. */
    Answer land() throws IOException {
        read();
        if (envelope == null || refusal != null) {
            return refused();
        }
        try {
            return tables.land(envelope, batchId(), rows);
        } catch (Refusal e) {
            return Answer.of(e);
        }
    }

    /** As {@link #land}, but writes no more than that many rows. */
    Answer landFirst(int atMost) throws IOException {
        read();
        if (envelope == null || refusal != null) {
            return refused();
        }
        return tables.landFirst(envelope, rows, atMost);
    }

    /** Refuses the rows for a reason of the test's own, unless the API has one. */
    Answer refuseRows(String reason) {
        return refusal == null ? Answer.of(Refusal.ofRows(rows.size(), reason)) : refused();
    }

    void answer(Answer answer) throws IOException {
        // Unread bytes would pass for the next request.
        read();
        note(answer.status());
        connection.write(answer.head(answer.body().length));
        connection.write(answer.body());
    }

    void drip(Answer answer, Duration pause) throws IOException, InterruptedException {
        note(answer.status());
        connection.write(answer.head(answer.body().length));
        connection.drip(answer.body(), pause);
    }

    /** Promises a byte more than there is, and hangs up. */
    void cut(Answer answer) throws IOException {
        note(answer.status());
        connection.write(answer.head(answer.body().length + 1));
        connection.write(answer.body());
        connection.close();
    }

    void neverAnswer() throws IOException {
        note(0);
        connection.awaitEnd();
    }

    void reset() throws IOException {
        note(0);
        connection.reset();
    }

    /** Notes the request before its fate is known. */
    void arrived() throws IOException {
        read();
        note(0);
    }

    private void note(int status) {
        FakeStreamApi.Request request =
                new FakeStreamApi.Request(batchId(), envelope == null ? "" : envelope.table(), rows.size(), status);
        if (place < 0) {
            place = log.add(request);
        } else {
            log.set(place, request);
        }
    }

    private String batchId() {
        String header = head.header("Idempotency-Key");
        return header.isEmpty() && envelope != null ? envelope.batchId() : header;
    }

    private Answer refused() {
        return refusal == null ? Answer.error(400, "the request has no rows", 0) : Answer.of(refusal);
    }

    private void read() throws IOException {
        if (read) {
            return;
        }
        read = true;
        byte[] body = connection.readBody(head);
        try {
            parse(rules.admit(head, body));
        } catch (Refusal e) {
            refusal = e;
        } catch (JsonProcessingException e) {
            refusal = Json.refusal(e);
        }
    }

    private void parse(byte[] body) throws IOException {
        envelope = Envelope.parse(body);
        rows = RowReader.read(envelope.data());
        if (envelope.key() != null) {
            RowReader.checkKeys(rows, envelope.key());
        }
    }
}
