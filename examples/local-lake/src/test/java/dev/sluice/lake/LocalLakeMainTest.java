package dev.sluice.lake;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class LocalLakeMainTest {
    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(String... args) throws InterruptedException {
        return LocalLakeMain.run(
                List.of(args),
                Map.of(),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    private String file() {
        return folder.resolve("lake.duckdb").toString();
    }

    @Test
    void prints_a_table_when_a_query_reads() throws InterruptedException {
        try (LakeUnderTest server = new LakeUnderTest(folder)) {
            server.append("[{\"id\": 10, \"name\": \"Ann\"}, {\"id\": 9, \"name\": null}]");
        }
        assertThat(run("query", file(), "SELECT * FROM bronze.t ORDER BY id")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .isEqualTo("id | name\n---+-----\n 9 | NULL\n10 | Ann\n(2 rows)\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"SELEC 1", "SELECT * FROM none", "DROP SCHEMA _sluice CASCADE", "FROM '/etc/passwd'"})
    void exits_1_with_one_line_when_the_query_fails(String sql) throws InterruptedException {
        new LakeUnderTest(folder).close();
        assertThat(run("query", file(), sql)).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8).lines()).hasSize(1);
    }

    @Test
    void exits_1_when_the_file_is_missing() throws InterruptedException {
        assertThat(run("query", file(), "SELECT 1")).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo("there is no file " + file() + "\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "help",
                "query",
                "query f",
                "query f sql more",
                "serve",
                "serve --file f",
                "serve --key k",
                "serve --file",
                "serve --file f --key k --port x",
                "serve --file f --key k --port 70000",
                "serve --file f --key k --color red",
                "serve --file f --file g --key k",
            })
    void exits_2_with_the_usage_when_called_wrongly(String line) throws InterruptedException {
        assertThat(run(line.isEmpty() ? new String[0] : line.split(" "))).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("usage:");
    }

    @Test
    void serves_until_terminated_when_started_as_a_process() throws Exception {
        Process process = start();
        try (BufferedReader lines = process.inputReader()) {
            URI base = URI.create(lines.readLine());
            assertThat(post(base)).isEqualTo(200);
            assertThat(run("query", file(), "SELECT 1")).isEqualTo(1);
            assertThat(err.toString(StandardCharsets.UTF_8).lines()).hasSize(1);
            assertThat(err.toString(StandardCharsets.UTF_8)).contains("lock");
        } finally {
            process.destroy();
        }
        assertThat(process.waitFor()).isEqualTo(143);
        assertThat(run("query", file(), "SELECT id FROM bronze.t")).isZero();
        assertThat(folder.toFile().list()).containsExactly("lake.duckdb");
    }

    @Test
    void keeps_what_it_answered_for_when_killed() throws Exception {
        Process process = start();
        try (BufferedReader lines = process.inputReader()) {
            assertThat(post(URI.create(lines.readLine()))).isEqualTo(200);
        } finally {
            process.destroyForcibly();
        }
        process.waitFor();
        try (LakeUnderTest server = new LakeUnderTest(folder)) {
            assertThat(server.count("bronze.t")).isEqualTo(1);
        }
    }

    private Process start() throws IOException {
        ProcessBuilder java = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                LocalLakeMain.class.getName(),
                "serve",
                "--file",
                file());
        java.environment().put("LOCAL_LAKE_KEY", "k");
        return java.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    private static int post(URI base) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(base.resolve("/v2/stream"))
                .header("Authorization", "Bearer k")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"data\": {\"id\": 1}, \"config\": {\"table\": \"bronze.t\"}}"))
                .build();
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).statusCode();
    }
}
