package dev.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.PushException;
import dev.sluice.PushRequest;
import dev.sluice.RetryPolicy;
import dev.sluice.StreamClient;
import dev.sluice.batch.Batch;
import dev.sluice.batch.BatchId;
import dev.sluice.batch.RowBuffer;
import dev.sluice.receipt.DeadLetter.Reason;
import dev.sluice.receipt.Receipt;
import dev.sluice.row.Destination;
import dev.sluice.row.RowMapper;
import dev.sluice.transport.Reply;
import dev.sluice.transport.StreamApi;
import java.io.IOException;
import java.net.URI;
import java.net.URLConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each fault as the real transport sees it, and what the real client makes of it. */
@Timeout(60)
class FaultTest {
    private static final String TABLE = "bronze.events";
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(300);

    private final FakeStreamApi api = FakeStreamApi.start();
    private final RecordingDeadLetters letters = new RecordingDeadLetters();
    private final StreamApi transport =
            StreamApi.builder().baseUrl(api.baseUrl()).apiKey(api.apiKey()).build();

    @AfterEach
    void close() {
        transport.close();
        api.close();
    }

    @Test
    void meets_requests_in_order_and_then_no_more() {
        api.next(Fault.status(503), Fault.none(), Fault.status(500));
        api.next(Fault.status(429));
        assertThat(IntStream.range(0, 5).map(i -> status(send())).boxed()).containsExactly(503, 200, 500, 429, 200);
        assertThat(api.requests()).extracting(FakeStreamApi.Request::status).containsExactly(503, 200, 500, 429, 200);
    }

    @Test
    void meets_every_request_until_the_api_is_healthy() {
        api.always(Fault.status(503));
        assertThat(List.of(status(send()), status(send()))).containsOnly(503);
        api.healthy();
        assertThat(status(send())).isEqualTo(200);
    }

    @Test
    void meets_the_requests_of_its_table_alone() {
        api.always(Fault.status(500));
        api.forTable("bronze.others", Fault.status(503));
        assertThat(status(send())).isEqualTo(500);
        assertThat(status(send("bronze.others"))).isEqualTo(503);
        api.healthy("bronze.others");
        assertThat(status(send("bronze.others"))).isEqualTo(500);
    }

    @Test
    void forgets_the_faults_that_wait_when_the_api_is_healthy() {
        api.next(Fault.status(503));
        api.forTable(TABLE, Fault.status(503));
        api.healthy();
        assertThat(status(send())).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(ints = {204, 301, 400, 503})
    void lands_nothing_when_it_is_a_status(int status) {
        api.next(Fault.status(status));
        assertThat(status(send())).isEqualTo(status);
        assertThat(api.rows(TABLE)).isEmpty();
        assertThat(api.requests()).containsExactly(new FakeStreamApi.Request("b-1", TABLE, 2, status));
    }

    @Test
    void asks_to_wait_when_it_has_a_retry_after() {
        api.next(
                Fault.status(429).retryAfter(Duration.ofSeconds(7)),
                Fault.status(503).retryAfter(Instant.now().plusSeconds(100)));
        assertThat(((Reply.Refused) send()).retryAfter()).isEqualTo(Duration.ofSeconds(7));
        assertThat(((Reply.Refused) send()).retryAfter()).isBetween(Duration.ofSeconds(60), Duration.ofSeconds(100));
    }

    @Test
    void writes_dates_with_two_digits_for_the_day() throws IOException {
        // What HTTP asks for and RFC_1123_DATE_TIME does not give.
        api.next(Fault.status(503).retryAfter(Instant.parse("2020-01-02T03:04:05Z")));
        URLConnection request = URI.create(api.baseUrl()).toURL().openConnection();
        assertThat(request.getHeaderField("Retry-After")).isEqualTo("Thu, 02 Jan 2020 03:04:05 GMT");
    }

    @Test
    void refuses_a_retry_after_that_the_header_cannot_say() {
        assertThatThrownBy(() -> Fault.status(429).retryAfter(Duration.ofMillis(500)))
                .hasMessage("Retry-After takes whole seconds, at least 0, found PT0.5S");
        assertThatThrownBy(() -> Fault.status(99)).hasMessage("status must be 200 to 599, found 99");
        assertThatThrownBy(() -> Fault.writeOnly(-1)).hasMessage("rows must be at least 0, found -1");
    }

    @Test
    void leaves_the_client_in_doubt_when_rows_land_and_no_answer_comes() {
        api.next(Fault.landedThenTimeout());
        assertThat(transport.send(batch(TABLE), SHORT)).isInstanceOf(Reply.Unreadable.class);
        assertThat(api.rows(TABLE)).hasSize(2);
        assertThat(api.requests()).extracting(FakeStreamApi.Request::status).containsExactly(0);
    }

    @Test
    void leaves_the_client_in_doubt_when_rows_land_and_the_connection_is_reset() {
        api.next(Fault.landedThenReset());
        assertThat(((Reply.Unreadable) send()).status()).isZero();
        assertThat(api.rows(TABLE)).hasSize(2);
    }

    @Test
    void lands_nothing_when_the_connection_is_reset_before_the_reading() {
        api.next(Fault.resetBeforeReading());
        Reply reply = send();
        assertThat(reply).isInstanceOfAny(Reply.Unreadable.class, Reply.NotSent.class);
        assertThat(reply.toString()).contains("Exception");
        assertThat(api.rows(TABLE)).isEmpty();
        assertThat(api.requests()).containsExactly(new FakeStreamApi.Request("b-1", "", 0, 0));
    }

    @Test
    void lets_the_answer_come_in_the_end_when_it_drips_and_there_is_time() {
        api.next(Fault.slowDrip(Duration.ofNanos(1)));
        assertThat(status(send())).isEqualTo(200);
    }

    @Test
    void leaves_the_client_in_doubt_when_the_answer_drips_for_too_long() {
        api.next(Fault.slowDrip(Duration.ofMillis(50)));
        assertThat(transport.send(batch(TABLE), SHORT)).isInstanceOf(Reply.Unreadable.class);
        assertThat(api.rows(TABLE)).hasSize(2);
    }

    @Test
    void leaves_the_client_in_doubt_when_the_answer_is_cut() {
        api.next(Fault.cutBody());
        assertThat(send()).isInstanceOf(Reply.Unreadable.class);
        assertThat(api.rows(TABLE)).hasSize(2);
    }

    @Test
    void sends_the_client_elsewhere_when_it_is_a_redirect() {
        api.next(Fault.redirect(api.baseUrl() + "/elsewhere"));
        assertThat(status(send())).isEqualTo(307);
        assertThat(api.rows(TABLE)).isEmpty();
        assertThat(api.requests()).hasSize(1);
    }

    @Test
    void lands_nothing_when_the_answer_is_a_web_page() {
        api.next(Fault.html200());
        Reply.Unreadable reply = (Reply.Unreadable) send();
        assertThat(reply.message()).contains("text/html");
        assertThat(api.rows(TABLE)).isEmpty();
    }

    @Test
    void lets_the_client_find_the_row_that_is_refused() {
        api.always(Fault.refuseRows(row -> row.get("id").equals(2)));
        assertThat(push(8).dead()).isEqualTo(1);
        assertThat(letters.rows()).containsExactly("{\"id\":2}");
        assertThat(letters.reasons()).containsExactly(Reason.REJECTED);
        assertThat(api.rows(TABLE)).extracting(row -> row.get("id")).containsExactly(0, 1, 3, 4, 5, 6, 7);
    }

    @Test
    void counts_what_landed_when_only_some_of_the_rows_did() {
        api.next(Fault.writeOnly(3));
        Receipt receipt = push(8);
        assertThat(receipt.delivered()).isEqualTo(3);
        assertThat(receipt.dead()).isEqualTo(5);
        assertThat(letters.only().reason()).isEqualTo(Reason.PARTIAL);
        assertThat(api.rows(TABLE)).hasSize(3);
        assertThat(api.requests()).hasSize(1);
    }

    @Test
    void is_no_fault_when_as_many_rows_as_there_are_may_land() {
        api.next(Fault.writeOnly(8));
        assertThat(push(8).delivered()).isEqualTo(8);
    }

    @Test
    void lets_a_batch_land_once_when_its_first_answer_was_lost() {
        api.next(Fault.landedThenReset());
        assertThat(push(3).attempts()).isEqualTo(2);
        assertThat(api.rows(TABLE)).hasSize(3);
    }

    @Test
    void keeps_requests_until_they_are_released() throws Exception {
        Fault.Hold hold = Fault.hold();
        api.next(hold);
        CompletableFuture<Reply> held = CompletableFuture.supplyAsync(this::send);
        assertThat(api.awaitRequests(1, PATIENCE))
                .extracting(FakeStreamApi.Request::status)
                .containsExactly(0);
        assertThat(api.rows(TABLE)).isEmpty();
        assertThat(held).isNotDone();
        hold.release();
        assertThat(status(held.get(20, TimeUnit.SECONDS))).isEqualTo(200);
        assertThat(api.requests()).extracting(FakeStreamApi.Request::status).containsExactly(200);
        assertThat(api.rows(TABLE)).hasSize(2);
    }

    @Test
    void lands_nothing_of_what_it_holds_when_the_api_is_closed() throws Exception {
        Fault.Hold hold = Fault.hold();
        api.next(hold);
        CompletableFuture<Reply> held = CompletableFuture.supplyAsync(this::send);
        api.awaitRequests(1, PATIENCE);
        api.close();
        assertThat(held.get(20, TimeUnit.SECONDS)).isInstanceOf(Reply.Unreadable.class);
        hold.release();
        // Time for a thread that should have ended to do harm.
        assertThatThrownBy(() -> api.awaitRequests(2, Duration.ofMillis(100))).isInstanceOf(AssertionError.class);
        assertThat(api.rows(TABLE)).isEmpty();
    }

    @Test
    void holds_rows_to_the_rules_also_when_it_only_loses_the_answer() {
        api.changeKey("user-0-next");
        api.next(Fault.landedThenReset(), Fault.writeOnly(1));
        send();
        assertThat(status(send())).isEqualTo(401);
        assertThat(api.rows(TABLE)).isEmpty();
    }

    @Test
    void says_so_when_a_predicate_of_the_test_fails() {
        api.always(Fault.refuseRows(row -> row.get("absent").equals(1)));
        Reply.Refused reply = (Reply.Refused) send();
        assertThat(reply.status()).isEqualTo(500);
        assertThat(reply.message()).contains("NullPointerException");
    }

    @Test
    void leaves_rows_with_the_caller_when_the_api_never_recovers() {
        api.always(Fault.status(503));
        PushException failure = catchThrowableOfType(PushException.class, () -> {
            try (StreamClient client =
                    settings().deadLetters(letters.failNext(1)).build()) {
                client.push(TABLE, rows(1));
            }
        });
        assertThat(failure.receipt().undelivered()).isEqualTo(1);
        assertThat(api.requests()).hasSize(3);
    }

    private Reply send() {
        return send(TABLE);
    }

    private Reply send(String table) {
        return transport.send(batch(table), PATIENCE);
    }

    private static int status(Reply reply) {
        if (reply instanceof Reply.Refused refused) {
            return refused.status();
        }
        if (reply instanceof Reply.Unauthorized unauthorized) {
            return unauthorized.status();
        }
        return reply instanceof Reply.Unreadable unreadable ? unreadable.status() : 200;
    }

    private Receipt push(int rows) {
        try (StreamClient client = settings().build()) {
            return client.push(PushRequest.append(TABLE).rows(rows(rows)));
        }
    }

    private StreamClient.Builder settings() {
        return StreamClient.builder()
                .baseUrl(api.baseUrl())
                .apiKey(api.apiKey())
                .deadLetters(letters)
                .retries(RetryPolicy.DEFAULT.withMaxAttempts(3))
                .timing(new ManualClock().autoAdvance());
    }

    private static List<Map<String, Integer>> rows(int count) {
        return IntStream.range(0, count).mapToObj(i -> Map.of("id", i)).toList();
    }

    private static Batch batch(String table) {
        RowBuffer buffer = new RowBuffer();
        rows(2).forEach(row -> buffer.add(RowMapper.standard().map(row)));
        return buffer.toBatch(new BatchId("b-1"), Destination.append(table));
    }
}
