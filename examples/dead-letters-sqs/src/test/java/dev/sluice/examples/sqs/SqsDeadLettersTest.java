package dev.sluice.examples.sqs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.PushException;
import dev.sluice.StreamClient;
import dev.sluice.batch.BatchId;
import dev.sluice.batch.RowBuffer;
import dev.sluice.receipt.DeadLetter;
import dev.sluice.receipt.Receipt;
import dev.sluice.row.Destination;
import dev.sluice.row.Row;
import dev.sluice.row.SluiceException;
import dev.sluice.testkit.FakeStreamApi;
import dev.sluice.testkit.Fault;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.elasticmq.rest.sqs.SQSRestServer;
import org.elasticmq.rest.sqs.SQSRestServerBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/** Against an emulator of SQS in this process. */
final class SqsDeadLettersTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Instant TIME = Instant.parse("2026-01-02T03:04:05.000006Z");
    private static final String SECRET = "Wombat-77";

    private SQSRestServer server;
    private SqsClient sqs;
    private String queue;
    private boolean up = true;

    @BeforeEach
    void start() {
        server = SQSRestServerBuilder.withInterface("127.0.0.1").withPort(0).start();
        int port = server.waitUntilStarted().localAddress().getPort();
        sqs = SqsClient.builder()
                .endpointOverride(URI.create("http://127.0.0.1:" + port))
                .region(Region.of("elasticmq"))
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("x", "x")))
                .httpClient(UrlConnectionHttpClient.create())
                .build();
        queue = sqs.createQueue(request -> request.queueName("dead")).queueUrl();
    }

    @AfterEach
    void stop() {
        sqs.close();
        if (up) {
            server.stopAndWait();
        }
    }

    private void goesDown() {
        server.stopAndWait();
        up = false;
    }

    private static DeadLetter letter(String message, Destination to, String... rows) {
        return letter(3, message, to, rows);
    }

    private static DeadLetter letter(int attempts, String message, Destination to, String... rows) {
        RowBuffer buffer = new RowBuffer();
        Stream.of(rows).forEach(row -> buffer.add(Row.json(row)));
        return new DeadLetter(
                buffer.toBatch(new BatchId("b.0"), to),
                DeadLetter.Reason.REJECTED,
                message,
                0,
                attempts,
                TIME,
                TIME.plusSeconds(attempts - 2),
                422,
                "req_1");
    }

    private static DeadLetter letter(String... rows) {
        return letter("HTTP 422: no", Destination.append("bronze.events"), rows);
    }

    private static String row(int id, int bytes) {
        return "{\"id\":" + id + ",\"x\":\"" + "x".repeat(bytes) + "\"}";
    }

    private List<String> bodies(String from) {
        List<String> bodies = new ArrayList<>();
        List<Message> some;
        do {
            some = sqs.receiveMessage(request -> request.queueUrl(from).maxNumberOfMessages(1))
                    .messages();
            for (Message message : some) {
                bodies.add(message.body());
                sqs.deleteMessage(request -> request.queueUrl(from).receiptHandle(message.receiptHandle()));
            }
        } while (!some.isEmpty());
        return bodies;
    }

    private static JsonNode json(String body) {
        try {
            return JSON.readTree(body);
        } catch (JsonProcessingException e) {
            throw new AssertionError(body, e);
        }
    }

    @Test
    void posts_all_that_is_known_of_a_letter() {
        Destination to = Destination.merge("bronze.customers", "id").tag("job", "1");
        new SqsDeadLetters(sqs, queue).keep(letter("HTTP 422: \"no\"", to, "{\"id\":1.50}", "{\"id\":2}"));
        assertThat(bodies(queue))
                .containsExactly(
                        "{\"table\":\"bronze.customers\",\"mode\":\"merge\",\"key\":\"id\",\"tags\":{\"job\":\"1\"},"
                                + "\"batch\":\"b.0\",\"part\":1,\"parts\":1,\"firstRow\":0,\"rowsInAll\":2,\"reason\":\"REJECTED\","
                                + "\"error\":\"HTTP 422: \\\"no\\\"\",\"written\":0,\"attempts\":3,"
                                + "\"firstAttempt\":\"2026-01-02T03:04:05.000006Z\","
                                + "\"lastAttempt\":\"2026-01-02T03:04:06.000006Z\",\"httpStatus\":422,\"requestId\":\"req_1\","
                                + "\"rows\":[{\"id\":1.50},{\"id\":2}]}");
    }

    @Test
    void splits_a_letter_over_messages_within_the_limit() {
        String[] rows = IntStream.range(0, 40).mapToObj(i -> row(i, 30_000)).toArray(String[]::new);
        new SqsDeadLetters(sqs, queue).keep(letter(rows));
        List<String> bodies = bodies(queue);
        assertThat(bodies)
                .hasSize(5)
                .allSatisfy(body -> assertThat(body.getBytes(StandardCharsets.UTF_8).length)
                        .isLessThanOrEqualTo(SqsDeadLetters.MAX_BYTES));
        List<Integer> ids = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            JsonNode message = json(bodies.get(i));
            assertThat(message.get("part").asInt()).isEqualTo(i + 1);
            assertThat(message.get("parts").asInt()).isEqualTo(5);
            assertThat(message.get("firstRow").asInt()).isEqualTo(ids.size());
            message.get("rows").forEach(row -> ids.add(row.get("id").asInt()));
        }
        assertThat(ids).isEqualTo(IntStream.range(0, 40).boxed().toList());
    }

    @Test
    void posts_a_row_of_exactly_the_size_that_fits_and_none_larger() {
        SqsDeadLetters hook = new SqsDeadLetters(sqs, queue);
        int frame = LetterMessages.of(letter("{}"), SqsDeadLetters.MAX_BYTES)
                        .get(0)
                        .body()
                        .length()
                - 2;
        int most = SqsDeadLetters.MAX_BYTES - frame - row(1, 0).length() - 1;
        hook.keep(letter(row(1, most)));
        assertThat(bodies(queue))
                .singleElement()
                .satisfies(body -> assertThat(body).hasSize(SqsDeadLetters.MAX_BYTES - 1));
        assertThatThrownBy(() -> hook.keep(letter("{\"id\":\"" + SECRET + "\"}", row(2, most + 1))))
                .isInstanceOf(LetterTooLargeException.class)
                .hasMessageContaining("row 1 of dead batch b.0 for bronze.events")
                .hasMessageNotContaining(SECRET);
        assertThat(bodies(queue)).isEmpty();
    }

    @Test
    void posts_every_character_that_a_row_may_have() {
        String odd = "{\"t\":\"\uFFFE\uFFFF\u007F\u0085漢😀\\u0000\\n\"}";
        new SqsDeadLetters(sqs, queue)
                .keep(letter("half \uD83D \uFFFF " + "w".repeat(50_000), Destination.append("a.b"), odd));
        JsonNode message = json(bodies(queue).get(0));
        assertThat(message.at("/rows/0/t").asText()).isEqualTo("\uFFFE\uFFFF\u007F\u0085漢😀\u0000\n");
        assertThat(message.get("error").asText()).startsWith("half ? \uFFFF ww").hasSizeLessThan(10_010);
    }

    @Test
    void drops_what_comes_again_where_the_queue_can() {
        String fifo = sqs.createQueue(request ->
                        request.queueName("dead.fifo").attributes(Map.of(QueueAttributeName.FIFO_QUEUE, "true")))
                .queueUrl();
        SqsDeadLetters hook = new SqsDeadLetters(sqs, fifo);
        hook.keep(letter("{\"id\":1}"));
        hook.keep(letter(11, "again", Destination.append("bronze.events"), "{\"id\":1}"));
        hook.keep(letter("{\"id\":2}"));
        assertThat(bodies(fifo)).hasSize(2);
    }

    @Test
    void throws_when_the_queue_is_not_there_and_says_how_much_was_taken() {
        SqsDeadLetters hook = new SqsDeadLetters(sqs, queue + "-none");
        assertThatThrownBy(() -> hook.keep(letter("{\"id\":\"" + SECRET + "\"}")))
                .isInstanceOf(SluiceException.class)
                .hasMessageContaining("message 1 of 1 for the 1 dead rows of batch b.0 was not taken by " + queue)
                .hasMessageContaining(", 0 were")
                .hasMessageNotContaining(SECRET);
    }

    @Test
    void takes_rows_that_the_api_refuses() {
        try (FakeStreamApi api = FakeStreamApi.start();
                StreamClient client = client(api)) {
            api.always(Fault.refuseRows(row -> row.get("id").toString().equals("2")));
            Receipt receipt = OrdersWithQueue.push(client);
            assertThat(receipt.delivered()).isEqualTo(1);
            assertThat(receipt.dead()).isEqualTo(1);
        }
        assertThat(bodies(queue))
                .singleElement()
                .satisfies(
                        body -> assertThat(json(body).at("/rows/0/id").asInt()).isEqualTo(2));
    }

    @Test
    void leaves_the_rows_with_the_caller_when_sqs_is_down() {
        try (FakeStreamApi api = FakeStreamApi.start();
                StreamClient client = client(api)) {
            api.always(Fault.status(422));
            goesDown();
            PushException e = catchThrowableOfType(PushException.class, () -> OrdersWithQueue.push(client));
            assertThat(e).isInstanceOf(PushException.Rejected.class);
            assertThat(e.receipt().undelivered()).isEqualTo(2);
            assertThat(e.receipt().dead()).isZero();
            assertThat(e.getSuppressed()).hasAtLeastOneElementOfType(SluiceException.class);
        }
    }

    private StreamClient client(FakeStreamApi api) {
        return OrdersWithQueue.client(api.baseUrl(), api::apiKey, sqs, queue);
    }
}
