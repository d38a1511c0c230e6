package dev.sluice.examples.sqs;

import dev.sluice.PushException;
import dev.sluice.StreamClient;
import dev.sluice.receipt.Receipt;
import dev.sluice.transport.ApiKey;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.sqs.SqsClient;

/**
 * Pushes orders, and posts those that the API refuses to a queue. Run it with the Stream API's address as its argument,
 * the key in DEFINITE_API_KEY, the queue's address in DLQ_URL, and AWS credentials and region where the AWS SDK looks
 * for them.
 */
public final class OrdersWithQueue {
    private OrdersWithQueue() {}

    public static void main(String[] args) {
        String queue = System.getenv("DLQ_URL");
        if (args.length != 1 || queue == null) {
            System.err.println("give the Stream API's address as the argument and the queue's address in DLQ_URL");
            System.exit(2);
            return;
        }
        try (SqsClient sqs = sqs();
                StreamClient client = client(args[0], ApiKey.fromEnv("DEFINITE_API_KEY"), sqs, queue)) {
            Receipt receipt = push(client);
            System.out.println(receipt.delivered() + " orders delivered, " + receipt.dead() + " in the queue");
        } catch (PushException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }

    private static SqsClient sqs() {
        return SqsClient.builder()
                .httpClient(UrlConnectionHttpClient.create())
                .overrideConfiguration(settings -> settings.apiCallTimeout(Duration.ofSeconds(20)))
                .build();
    }

    static StreamClient client(String url, Supplier<ApiKey> key, SqsClient sqs, String queue) {
        return StreamClient.builder()
                .baseUrl(url)
                .apiKey(key)
                .deadLetters(new SqsDeadLetters(sqs, queue))
                .build();
    }

    static Receipt push(StreamClient client) {
        return client.push(
                "bronze.orders", List.of(Map.of("id", 1, "total", "12.50"), Map.of("id", 2, "total", "0.99")));
    }
}
