package dev.sluice.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamApiNetworkTest extends ApiTest {
    private static Reply sendTo(RawServer.Script script) throws IOException {
        try (RawServer raw = new RawServer(script)) {
            Reply reply = send(raw.url(), 2);
            assertThat(raw.connections()).isEqualTo(1);
            return reply;
        }
    }

    @Test
    void is_not_sent_when_the_connection_is_refused() throws IOException {
        int port;
        try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = gone.getLocalPort();
        }
        assertThat(send("http://127.0.0.1:" + port, 1)).isInstanceOf(Reply.NotSent.class);
    }

    @Test
    void is_not_sent_when_the_host_is_unknown() {
        assertThat(send("http://nowhere.invalid", 1)).isInstanceOf(Reply.NotSent.class);
    }

    @Test
    void is_not_sent_when_tls_fails() throws IOException {
        try (RawServer raw =
                new RawServer(connection -> RawServer.say(connection, "HTTP/1.1 400 Bad Request\r\n\r\n"))) {
            assertThat(send("https://127.0.0.1:" + raw.port(), 1)).isInstanceOf(Reply.NotSent.class);
        }
    }

    @Test
    void is_in_doubt_when_the_server_closes_after_the_whole_body() throws IOException {
        assertThat(sendTo(RawServer::readRequest)).isInstanceOf(Reply.Unreadable.class);
    }

    @Test
    void is_in_doubt_when_the_server_resets_after_the_whole_body() throws IOException {
        Reply reply = sendTo(connection -> {
            RawServer.readRequest(connection);
            RawServer.reset(connection);
        });
        assertThat(reply).isInstanceOf(Reply.Unreadable.class);
    }

    @Test
    void is_in_doubt_when_the_server_closes_without_reading() throws IOException {
        assertThat(sendTo(connection -> {})).isInstanceOf(Reply.Unreadable.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Le",
                "nonsense\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n{\"success\":true,\"successful_rows\":2}"
            })
    void is_in_doubt_when_the_answer_is_cut_or_no_http(String answer) throws IOException {
        Reply reply = sendTo(connection -> {
            RawServer.readRequest(connection);
            RawServer.say(connection, answer);
        });
        assertThat(reply).isInstanceOf(Reply.Unreadable.class);
    }

    @Test
    void is_in_doubt_when_the_last_chunk_is_missing() throws IOException {
        Reply reply = sendTo(connection -> {
            RawServer.readRequest(connection);
            String json = RawServer.success(2);
            RawServer.say(
                    connection,
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(json.length())
                            + "\r\n" + json + "\r\n");
        });
        assertThat(reply).isInstanceOf(Reply.Unreadable.class);
    }

    @Test
    void goes_by_the_status_when_the_words_of_a_refusal_are_cut() throws IOException {
        Reply reply = sendTo(connection -> {
            RawServer.readRequest(connection);
            RawServer.say(connection, "HTTP/1.1 413 Too Large\r\nContent-Length: 100\r\n\r\n{\"err");
        });
        assertThat(reply).isEqualTo(new Reply.Refused(413, "", null, null));
    }

    @Test
    void is_not_sent_when_the_server_hangs_up_in_the_middle_of_the_body() throws IOException {
        Reply reply = sendLarge(connection -> {
            connection.getInputStream().readNBytes(100_000);
            RawServer.reset(connection);
        });
        assertThat(reply).isInstanceOf(Reply.NotSent.class);
    }

    @Test
    void reads_an_early_refusal_when_the_server_drops_the_rest_of_the_body() throws IOException {
        Reply reply = sendLarge(connection -> {
            RawServer.readHead(connection.getInputStream());
            RawServer.say(connection, RawServer.answer("413 Too Large", "{}"));
            connection.shutdownOutput();
            connection.getInputStream().transferTo(OutputStream.nullOutputStream());
        });
        assertThat(reply)
                .isInstanceOfSatisfying(
                        Reply.Refused.class,
                        refused -> assertThat(refused.status()).isEqualTo(413));
    }

    @Test
    void is_never_in_doubt_when_the_server_refuses_early_and_hangs_up() throws IOException {
        Reply reply = sendLarge(connection -> {
            RawServer.readHead(connection.getInputStream());
            RawServer.say(connection, RawServer.answer("413 Too Large", "{}"));
        });
        assertThat(reply).isInstanceOfAny(Reply.NotSent.class, Reply.Refused.class);
    }

    /** Eight megabytes: more than the operating system takes for a server that does not read. */
    private static Reply sendLarge(RawServer.Script script) throws IOException {
        try (RawServer raw = new RawServer(script);
                StreamApi api = api(settings -> settings.baseUrl(raw.url()))) {
            return api.send(Batches.large(8_000), TIMEOUT);
        }
    }

    @Test
    void ends_in_time_when_the_answer_drips() throws IOException {
        CountDownLatch over = new CountDownLatch(1);
        try (RawServer raw = new RawServer(connection -> drip(connection, over));
                StreamApi api = api(settings -> settings.baseUrl(raw.url()))) {
            long start = System.nanoTime();
            Reply reply = api.send(Batches.of(1), Duration.ofMillis(700));
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(Duration.ofMillis(600), Duration.ofSeconds(5));
            assertThat(reply).isInstanceOf(Reply.Unreadable.class);
        } finally {
            over.countDown();
        }
    }

    /** A byte each 50 ms: never silent for long, never done. */
    private static void drip(Socket connection, CountDownLatch over) throws IOException, InterruptedException {
        RawServer.readRequest(connection);
        RawServer.say(connection, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
        while (!over.await(50, TimeUnit.MILLISECONDS)) {
            RawServer.say(connection, " ");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, 1})
    void ends_soon_when_no_time_is_left(long nanos) throws IOException {
        CountDownLatch over = new CountDownLatch(1);
        try (RawServer raw = new RawServer(connection -> over.await());
                StreamApi api = api(settings -> settings.baseUrl(raw.url()).timeout(Duration.ofSeconds(30)))) {
            long start = System.nanoTime();
            assertThat(api.send(Batches.of(1), Duration.ofNanos(nanos))).isNotInstanceOf(Reply.Counted.class);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
        } finally {
            over.countDown();
        }
    }

    @Test
    void ends_when_the_server_is_silent_for_longer_than_its_timeout() throws IOException {
        CountDownLatch over = new CountDownLatch(1);
        try (RawServer raw = new RawServer(connection -> over.await());
                StreamApi api = api(settings -> settings.baseUrl(raw.url()).timeout(Duration.ofMillis(200)))) {
            assertThat(api.send(Batches.of(1), TIMEOUT)).isInstanceOf(Reply.Unreadable.class);
        } finally {
            over.countDown();
        }
    }

    @Test
    void ends_a_running_request_when_closed() throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        try (RawServer raw = new RawServer(connection -> {
            RawServer.readRequest(connection);
            arrived.countDown();
            over.await();
        })) {
            StreamApi api = api(settings -> settings.baseUrl(raw.url()));
            CompletableFuture<Reply> reply = CompletableFuture.supplyAsync(() -> api.send(Batches.of(1), TIMEOUT));
            assertThat(arrived.await(10, TimeUnit.SECONDS)).isTrue();
            api.close();
            assertThat(reply.get(5, TimeUnit.SECONDS)).isInstanceOf(Reply.Unreadable.class);
        } finally {
            over.countDown();
        }
    }

    @Test
    void finds_a_server_on_127_0_0_1_by_the_name_localhost() throws IOException {
        try (RawServer raw = new RawServer(connection -> {
            RawServer.readRequest(connection);
            RawServer.say(connection, RawServer.answer("200 OK", RawServer.success(1)));
        })) {
            assertThat(send("http://localhost:" + raw.port(), 1)).isInstanceOf(Reply.Counted.class);
        }
    }

    @Test
    void waits_for_the_final_answer_when_the_server_says_continue() throws IOException {
        Reply reply = sendTo(connection -> {
            RawServer.readRequest(connection);
            RawServer.say(
                    connection, "HTTP/1.1 100 Continue\r\n\r\n" + RawServer.answer("200 OK", RawServer.success(2)));
        });
        assertThat(reply).isInstanceOf(Reply.Counted.class);
    }

    @Test
    void is_not_sent_and_keeps_the_flag_when_interrupted_before_it_is_connected() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        try (RawServer raw = new RawServer(connection -> over.await());
                StreamApi api = api(settings -> settings.baseUrl(raw.url()))) {
            Thread.currentThread().interrupt();
            assertThat(api.send(Batches.of(1), TIMEOUT)).isInstanceOf(Reply.NotSent.class);
            assertThat(Thread.interrupted()).isTrue();
        } finally {
            over.countDown();
        }
    }
}
