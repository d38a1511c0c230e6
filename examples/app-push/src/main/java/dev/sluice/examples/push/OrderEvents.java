package dev.sluice.examples.push;

import dev.sluice.PushException;
import dev.sluice.PushRequest;
import dev.sluice.StreamClient;
import dev.sluice.batch.BatchId;
import dev.sluice.receipt.Receipt;
import dev.sluice.transport.ApiKey;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;

/**
 * An application that tells the lake of its orders. Run it with the Stream API's address as its argument and the key in
 * DEFINITE_API_KEY.
 */
public final class OrderEvents {
    /** What the application knows of an order; its components become the lake's columns. */
    public record Order(long id, String customer, BigDecimal total, Instant placedAt) {}

    private OrderEvents() {}

    public static void main(String[] args) {
        try (StreamClient client = StreamClient.builder()
                .baseUrl(args[0])
                .apiKey(ApiKey.fromEnv("DEFINITE_API_KEY"))
                .build()) {
            Receipt receipt = tell(client, List.of(new Order(1, "Ada", new BigDecimal("12.50"), Instant.now())));
            System.out.println(receipt.delivered() + " orders are in " + receipt.table());
        } catch (PushException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }

    /** The id follows from the orders: telling them again, after a crash for instance, names the same batch. */
    static Receipt tell(StreamClient client, List<Order> orders) {
        BatchId id = BatchId.derived(
                orders.stream().map(order -> "order " + order.id()).toArray(String[]::new));
        return client.push(PushRequest.append("bronze.orders").rows(orders).id(id));
    }
}
