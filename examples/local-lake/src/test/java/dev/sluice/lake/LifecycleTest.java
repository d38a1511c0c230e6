package dev.sluice.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LifecycleTest {
    @TempDir
    Path folder;

    @Test
    void opens_in_another_client_when_closed() throws SQLException {
        LakeUnderTest server = new LakeUnderTest(folder);
        server.append("[{\"id\": 1}, {\"id\": 2}]");
        server.close();
        assertThat(folder.toFile().list()).containsExactly("lake.duckdb");
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:" + server.file);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT sum(id) FROM bronze.t")) {
            rows.next();
            assertThat(rows.getInt(1)).isEqualTo(3);
        }
    }

    @Test
    void leaves_no_thread_behind_when_closed() throws InterruptedException {
        new LakeUnderTest(folder).close();
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        LakeUnderTest server = new LakeUnderTest(folder);
        server.append("{\"id\": 1}");
        server.sql("SELECT 1");
        Set<Thread> ours = new HashSet<>(Thread.getAllStackTraces().keySet());
        ours.removeAll(before);
        ours.removeIf(thread -> thread.getName().startsWith("HttpClient"));
        assertThat(ours)
                .extracting(Thread::getName)
                .contains("HTTP-Dispatcher")
                .anyMatch(n -> n.startsWith("local-lake"));
        server.close();
        for (Thread thread : ours) {
            thread.join(10_000);
            assertThat(thread.isAlive()).as(thread.getName()).isFalse();
        }
    }

    @Test
    void does_nothing_when_closed_twice() {
        LakeUnderTest server = new LakeUnderTest(folder);
        server.close();
        server.close();
        assertThatThrownBy(() -> server.lake.query("SELECT 1")).hasMessageContaining("the lake is closed");
    }

    @Test
    void closes_at_once_when_nothing_runs() {
        LakeUnderTest server = new LakeUnderTest(folder);
        server.append("{\"id\": 1}");
        long start = System.nanoTime();
        server.close();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(4));
    }

    @Test
    void answers_a_request_when_close_comes_in_its_middle() throws Exception {
        LakeUnderTest server = new LakeUnderTest(folder);
        String body = LakeUnderTest.envelope("{\"id\": 1}", LakeUnderTest.into("bronze.t"));
        try (Socket socket = new Socket("127.0.0.1", server.lake.baseUrl().getPort())) {
            OutputStream out = socket.getOutputStream();
            out.write(("POST /v2/stream HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: "
                            + body.length() + "\r\nAuthorization: Bearer " + LakeUnderTest.KEY + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            out.flush();
            awaitRequest(server);
            CompletableFuture<Void> closing = CompletableFuture.runAsync(server::close);
            out.write(body.getBytes(StandardCharsets.US_ASCII));
            out.flush();
            assertThat(new String(socket.getInputStream().readNBytes(15), StandardCharsets.US_ASCII))
                    .isEqualTo("HTTP/1.1 200 OK");
            closing.get(30, TimeUnit.SECONDS);
        }
    }

    private static void awaitRequest(LakeUnderTest server) {
        while (server.lake.requests() == 0) {
            Thread.onSpinWait();
        }
    }

    @Test
    void ends_a_query_when_close_has_waited_for_it() throws Exception {
        LakeUnderTest server = new LakeUnderTest(folder);
        CompletableFuture<Void> query = CompletableFuture.runAsync(
                () -> server.lake.query("SELECT max(a.range * b.range) FROM range(1000000) a, range(1000000) b"));
        while (!query.isDone() && !server.lake.isQuerying()) {
            Thread.onSpinWait();
        }
        server.close();
        assertThatThrownBy(() -> query.get(30, TimeUnit.SECONDS)).hasRootCauseInstanceOf(SQLException.class);
    }

    @Test
    void refuses_to_start_when_the_file_is_a_lake_already() {
        try (LakeUnderTest server = new LakeUnderTest(folder)) {
            LocalLake.Builder second = LocalLake.builder().file(server.file).apiKey("k");
            assertThatThrownBy(second::start)
                    .isInstanceOf(LakeException.class)
                    .hasMessageContaining("is open as a lake");
        }
        new LakeUnderTest(folder).close();
    }

    @Test
    void frees_the_file_when_the_port_is_taken() {
        try (LakeUnderTest server = new LakeUnderTest(folder)) {
            LocalLake.Builder second = LocalLake.builder()
                    .file(folder.resolve("b.duckdb"))
                    .apiKey("k")
                    .port(server.lake.baseUrl().getPort());
            assertThatThrownBy(second::start).hasMessageContaining("cannot listen on 127.0.0.1");
            second.port(0).start().close();
        }
    }

    @Test
    void refuses_to_start_when_the_file_is_no_database() throws IOException {
        Path junk = folder.resolve("junk.duckdb");
        Files.writeString(junk, "no database".repeat(1000));
        assertThatThrownBy(LocalLake.builder().file(junk).apiKey("k")::start)
                .isInstanceOf(LakeException.class)
                .hasMessageContaining("cannot open")
                .hasMessageContaining("junk.duckdb");
    }

    @Test
    void refuses_to_start_when_a_setting_is_missing() {
        LocalLake.Builder builder = LocalLake.builder();
        assertThatThrownBy(builder::start)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("file");
        builder.file(folder.resolve("x.duckdb"));
        assertThatThrownBy(builder::start).hasMessageContaining("apiKey");
        assertThatThrownBy(builder.apiKey("k").port(70_000)::start).hasMessageContaining("70000");
    }
}
