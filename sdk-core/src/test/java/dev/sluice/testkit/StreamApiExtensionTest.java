package dev.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.ClosedException;
import dev.sluice.StreamClient;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

class StreamApiExtensionTest {
    private static final String TABLE = "bronze.events";
    private static final List<Map<String, Integer>> ROWS = List.of(Map.of("id", 1));
    private static final List<FakeStreamApi> APIS = new ArrayList<>();
    private static final List<StreamClient> CLIENTS = new ArrayList<>();

    private FakeStreamApi ofBeforeEach;

    @BeforeEach
    void remember(FakeStreamApi api) {
        ofBeforeEach = api;
        APIS.add(api);
    }

    @AfterAll
    static void closes_what_it_made() {
        assertThat(APIS).hasSizeGreaterThanOrEqualTo(1).doesNotHaveDuplicates();
        assertThat(APIS)
                .allSatisfy(api -> assertThatThrownBy(() -> connect(api)).isInstanceOf(IOException.class));
        assertThat(CLIENTS)
                .allSatisfy(client ->
                        assertThatThrownBy(() -> client.push(TABLE, ROWS)).isInstanceOf(ClosedException.class));
    }

    @Nested
    @ExtendWith(StreamApiExtension.class)
    class WhenItIsDeclared {
        @Test
        void gives_the_same_api_to_all_of_one_test(FakeStreamApi api, StreamClient client, StreamClient again) {
            CLIENTS.add(client);
            assertThat(api).isSameAs(ofBeforeEach);
            assertThat(client).isSameAs(again);
            client.push(TABLE, ROWS);
            assertThat(api.rows(TABLE)).hasSize(1);
        }

        @Test
        void gives_a_client_whose_undelivered_rows_are_dead_letters(
                FakeStreamApi api, StreamClient client, RecordingDeadLetters letters) {
            CLIENTS.add(client);
            api.next(Fault.status(503));
            api.always(Fault.status(400));
            assertThat(client.push(TABLE, ROWS).dead()).isEqualTo(1);
            assertThat(letters.rows()).containsExactly("{\"id\":1}");
            assertThat(api.requests()).hasSize(2);
        }

        @Test
        void gives_a_builder_and_a_clock_that_can_be_put_together(
                StreamClient.Builder settings, ManualClock clock, FakeStreamApi api) throws Exception {
            api.next(Fault.status(503).retryAfter(Duration.ofSeconds(60)));
            try (StreamClient client = settings.timing(clock).build()) {
                CompletableFuture<Integer> push = CompletableFuture.supplyAsync(
                        () -> client.push(TABLE, ROWS).attempts());
                clock.awaitWaiters(1, Duration.ofSeconds(20));
                clock.advance(Duration.ofSeconds(61));
                assertThat(push.get(20, TimeUnit.SECONDS)).isEqualTo(2);
            }
        }
    }

    @Nested
    class WhenItIsAField {
        @RegisterExtension
        final StreamApiExtension extension = new StreamApiExtension();

        @Test
        void gives_the_same_as_when_it_is_declared(FakeStreamApi api, StreamClient client) {
            CLIENTS.add(client);
            client.push(TABLE, ROWS);
            assertThat(api.rows(TABLE)).hasSize(1);
        }
    }

    private static void connect(FakeStreamApi api) throws IOException {
        new Socket("127.0.0.1", URI.create(api.baseUrl()).getPort()).close();
    }
}
