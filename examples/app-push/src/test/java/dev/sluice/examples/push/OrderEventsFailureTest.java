package dev.sluice.examples.push;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.StreamClient;
import dev.sluice.receipt.DeadLetter.Reason;
import dev.sluice.receipt.Receipt;
import dev.sluice.testkit.FakeStreamApi;
import dev.sluice.testkit.Fault;
import dev.sluice.testkit.ManualClock;
import dev.sluice.testkit.RecordingDeadLetters;
import dev.sluice.testkit.StreamApiExtension;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** How an application tests what becomes of its orders when the Stream API fails: with the test kit. */
@ExtendWith(StreamApiExtension.class)
final class OrderEventsFailureTest {
    private static final String TABLE = "bronze.orders";
    private static final List<OrderEvents.Order> ORDERS = List.of(
            new OrderEvents.Order(1, "Ada", new BigDecimal("12.50"), Instant.parse("2026-01-01T10:00:00Z")),
            new OrderEvents.Order(2, "Grace", new BigDecimal("0.99"), Instant.parse("2026-01-01T11:00:00Z")));

    @Test
    void lands_every_order_when_all_is_well(FakeStreamApi api, StreamClient client) {
        assertThat(OrderEvents.tell(client, ORDERS).delivered()).isEqualTo(2);
        assertThat(api.rows(TABLE)).extracting(row -> row.get("customer")).containsExactly("Ada", "Grace");
        assertThat(api.rows(TABLE)).extracting(row -> row.get("total")).contains(new BigDecimal("12.50"));
    }

    @Test
    void lands_every_order_once_when_the_api_was_down_for_a_while(
            FakeStreamApi api, StreamClient.Builder settings, ManualClock clock) {
        api.next(Fault.status(503).retryAfter(Duration.ofSeconds(30)), Fault.landedThenReset());
        // The half minute passes at once.
        try (StreamClient client = settings.timing(clock.autoAdvance()).build()) {
            assertThat(OrderEvents.tell(client, ORDERS).delivered()).isEqualTo(2);
        }
        assertThat(clock.now()).isAfter(ManualClock.START.plusSeconds(29));
        assertThat(api.requests()).extracting(FakeStreamApi.Request::status).containsExactly(503, 0, 200);
        assertThat(api.rows(TABLE)).hasSize(2);
    }

    @Test
    void keeps_an_order_as_a_dead_letter_when_the_api_refuses_it(
            FakeStreamApi api, StreamClient client, RecordingDeadLetters letters) {
        api.always(Fault.refuseRows(row -> row.get("customer").equals("Grace")));
        Receipt receipt = OrderEvents.tell(client, ORDERS);
        assertThat(receipt.delivered()).isEqualTo(1);
        assertThat(receipt.dead()).isEqualTo(1);
        assertThat(letters.reasons()).containsExactly(Reason.REJECTED);
        assertThat(letters.rows()).singleElement().asString().contains("Grace");
    }
}
