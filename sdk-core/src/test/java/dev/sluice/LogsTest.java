package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sluice.batch.BatchPolicy;
import dev.sluice.receipt.RowStatus;
import dev.sluice.testkit.FakeStreamApi;
import dev.sluice.testkit.Fault;
import dev.sluice.transport.Reply;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What an operator reads: each thing once, with the batch's id, and never a row or the key. */
class LogsTest extends PushTest {
    private static final String VALUE = "Wombat-77";
    private static final String SECRET = "Quokka-88";
    private static final List<Map<String, String>> ROWS = List.of(Map.of("id", VALUE), Map.of("id", VALUE + "b"));

    /** Lines logged by other tests before this one. */
    private final int before = RecordingLogs.lines().size();

    private List<String> lines() {
        List<String> all = RecordingLogs.lines();
        return all.subList(before, all.size());
    }

    private List<String> lines(String level) {
        return lines().stream().filter(line -> line.startsWith(level + " ")).toList();
    }

    @Test
    void quotes_neither_rows_nor_key_when_every_fault_happens() {
        List<Throwable> failures = new ArrayList<>();
        try (FakeStreamApi api = FakeStreamApi.start()) {
            api.changeKey(SECRET);
            for (Fault fault : faults()) {
                api.always(fault);
                failures.add(pushesTo(api, PushRequest.append(TABLE).rows(ROWS)));
            }
            api.healthy();
            failures.add(pushesTo(api, PushRequest.append(TABLE).rows(List.of(new Quoting()))));
            failures.add(pushesTo(api, PushRequest.append(TABLE).rows(List.of(unfit()))));
            failures.add(pushesTo(api, PushRequest.merge(TABLE, "key").rows(ROWS)));
        }
        assertThat(failures).doesNotContainNull();
        assertThat(failures).allSatisfy(failure -> assertThat(trace(failure)).doesNotContain(VALUE, SECRET));
        assertThat(lines()).isNotEmpty().noneMatch(line -> line.contains(VALUE) || line.contains(SECRET));
    }

    private static List<Fault> faults() {
        return List.of(
                Fault.status(400),
                Fault.status(401),
                Fault.status(404),
                Fault.status(413),
                Fault.status(503),
                Fault.landedThenReset(),
                Fault.resetBeforeReading(),
                Fault.cutBody(),
                Fault.html200(),
                Fault.writeOnly(1),
                Fault.redirect("http://127.0.0.1:1/"),
                Fault.refuseRows(row -> row.get("id").equals(VALUE)));
    }

    /** A row that cannot be read, and quotes itself when it says so. */
    public static final class Quoting {
        public String getId() {
            throw new IllegalStateException("no id: " + VALUE);
        }
    }

    private static Map<String, Object> unfit() {
        Map<String, Object> row = new HashMap<>();
        row.put("secret", VALUE);
        row.put("price", Double.NaN);
        return row;
    }

    private static Throwable pushesTo(FakeStreamApi api, PushRequest request) {
        try (StreamClient client = StreamClient.builder()
                .baseUrl(api.baseUrl())
                .apiKey(api.apiKey())
                .retries(new RetryPolicy(2, Duration.ofMillis(1), Duration.ofMillis(2), Duration.ofSeconds(30)))
                .build()) {
            return catchThrowable(() -> client.push(request));
        }
    }

    private static String trace(Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    @Test
    void quotes_no_row_when_the_api_does() {
        keepDeadLetters();
        settings.circuitBreaker(new CircuitBreaker(100, 2, Duration.ofSeconds(1)));
        transport.script(
                new Reply.Refused(503, "busy with " + VALUE, null, null),
                new Reply.Refused(500, VALUE, null, null),
                new Reply.NotSent(VALUE),
                new Reply.Refused(404, "no place for " + VALUE, null, null));
        Throwable failure = catchThrowable(() -> push(PushRequest.append(TABLE).rows(ROWS)));
        assertThat(failure).isInstanceOf(PushException.Stopped.class);
        transport.answer(batch -> Replies.written(0, 2, "bad " + VALUE));
        assertThat(push(PushRequest.append(TABLE).rows(ROWS)).dead()).isEqualTo(2);
        assertThat(lines()).hasSizeGreaterThan(5).noneMatch(line -> line.contains(VALUE));
    }

    @Test
    void names_the_batch_and_the_next_attempt_when_one_failed() {
        transport.script(Replies.refused(503));
        push(2);
        assertThat(lines("DEBUG"))
                .anyMatch(line ->
                        line.contains("Attempt 1 at batch " + transport.ids().get(0) + " failed")
                                && line.endsWith("HTTP 503"));
        assertThat(lines("WARN")).isEmpty();
    }

    @Test
    void warns_once_when_the_key_is_refused_again_and_again() {
        var denied = Replies.unauthorized(true);
        transport.script(denied, denied, denied);
        push(2);
        assertThat(lines("WARN"))
                .singleElement()
                .asString()
                .contains("does not accept the key", transport.ids().get(0));
        assertThat(lines("INFO")).singleElement().asString().contains("The API is UP now, it was AUTH");
    }

    @Test
    void warns_when_the_circuit_opens() {
        settings.circuitBreaker(new CircuitBreaker(100, 2, Duration.ofSeconds(1)));
        settings.tableCircuitBreaker(new CircuitBreaker(100, 3, Duration.ofSeconds(1)));
        transport.script(Replies.notSent(), Replies.notSent(), Replies.notSent());
        push(2);
        String id = transport.ids().get(0);
        assertThat(lines("WARN"))
                .filteredOn(line -> line.contains("circuit breaker of all tables opens"))
                .hasSize(2)
                .allMatch(line -> line.contains(id));
        assertThat(lines("WARN"))
                .filteredOn(line -> line.contains("circuit breaker of " + TABLE))
                .hasSize(1)
                .allMatch(line -> line.contains(id));
    }

    @Test
    void warns_of_each_batch_that_a_writer_gives_up_and_once_that_it_stops() {
        transport.answer(batch -> Replies.refused(404));
        StreamClient client = settings.batches(new BatchPolicy(1, 1_000)).build();
        StreamWriter writer = client.writer(TABLE).open();
        List<CompletableFuture<RowStatus>> rows =
                ROWS.stream().map(writer::write).toList();
        assertThat(catchThrowable(() -> writer.flush(Duration.ofSeconds(1)))).isInstanceOf(PushException.Stopped.class);
        assertThat(rows).allMatch(CompletableFuture::isCompletedExceptionally);
        CloseReport report = writer.close(Duration.ZERO);
        client.close();
        assertThat(report.held())
                .hasSize(2)
                .allSatisfy(held -> assertThat(lines("WARN"))
                        .anyMatch(line -> line.contains("1 rows of batch "
                                + held.batch().id() + " for " + TABLE + " are given up and held: STOPPED")));
        assertThat(lines("WARN"))
                .filteredOn(line -> line.contains("takes no more rows"))
                .singleElement()
                .asString()
                .contains(transport.ids().get(0));
    }

    @Test
    void tells_a_push_that_throws_of_what_it_left_only_when_asked_for_detail() {
        transport.answer(batch -> Replies.refused(404));
        fails(PushException.Stopped.class, 2);
        assertThat(lines("WARN")).isEmpty();
        assertThat(lines("DEBUG"))
                .anyMatch(line -> line.contains(
                        "2 of 2 rows of batch " + transport.ids().get(0) + " for " + TABLE + " are given up"));
    }
}
