package dev.sluice.lake;

import static dev.sluice.lake.LakeUnderTest.envelope;
import static dev.sluice.lake.LakeUnderTest.into;
import static dev.sluice.lake.LakeUnderTest.merge;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.lake.LakeUnderTest.Reply;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WriteTest {
    @TempDir
    Path folder;

    LakeUnderTest server;

    @BeforeEach
    void start() {
        server = new LakeUnderTest(folder);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private String table() {
        return server.lake.query("SELECT * FROM bronze.t ORDER BY id").toString();
    }

    @Test
    void replaces_whole_rows_when_merging() {
        server.post("[{\"id\": 1, \"a\": \"x\", \"b\": 1}, {\"id\": 2, \"a\": \"y\", \"b\": 2}]", merge("id"));
        Reply reply = server.post("[{\"id\": 2, \"a\": \"new\"}, {\"id\": 3, \"b\": 3}]", merge("id"));
        assertThat(reply.body().path("successful_rows").asInt()).isEqualTo(2);
        assertThat(table()).isEqualTo("[{id=1, a=x, b=1}, {id=2, a=new, b=null}, {id=3, a=null, b=3}]");
    }

    @Test
    void matches_keys_when_the_key_column_widens() {
        server.post("[{\"id\": 1}, {\"id\": 2}]", merge("id"));
        server.post("[{\"id\": \"2\", \"v\": true}, {\"id\": \"b\"}]", merge("id"));
        assertThat(table()).isEqualTo("[{id=1, v=null}, {id=2, v=true}, {id=b, v=null}]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"a\": 1}", "{\"id\": null}", "{\"id\": [1]}", "{\"id\": {}}", "{\"ID\": 5}"})
    void rejects_the_whole_batch_when_a_row_has_no_key(String row) {
        server.post("{\"id\": 1}", merge("id"));
        Reply reply = server.post("[{\"id\": 7}, " + row + "]", merge("id"));
        assertThat(reply.status()).isEqualTo(422);
        assertThat(reply.error()).contains("row 1, field \"id\"");
        assertThat(table()).isEqualTo("[{id=1}]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "1.0", "\"1\"", "1e0"})
    void rejects_the_whole_batch_when_two_rows_have_one_key(String again) {
        Reply reply = server.post("[{\"id\": 1}, {\"id\": " + again + "}]", merge("id"));
        assertThat(reply.status()).isEqualTo(422);
        assertThat(reply.error()).contains("same primary key as row 0");
        assertThat(server.hasTable("bronze")).isFalse();
    }

    @Test
    void writes_once_when_the_same_batch_comes_again() {
        String body = envelope("[{\"id\": 1}, {\"id\": 2}]", into("bronze.t"));
        Reply first = server.send(server.json(body).header("Idempotency-Key", "b-1"));
        Reply again = server.send(server.json(body).header("Idempotency-Key", "b-1"));
        assertThat(first.warnings()).isEqualTo("[]");
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.body().path("successful_rows").asInt()).isEqualTo(2);
        assertThat(again.warnings()).contains("batch ID was already written; nothing written again");
        assertThat(server.count("bronze.t")).isEqualTo(2);
    }

    @Test
    void takes_the_id_from_the_tags_when_there_is_no_header() {
        String config = into("bronze.t") + ", \"wait\": true, \"tags\": {\"batch_id\": \"b-1\", \"job\": 5}";
        long first =
                server.post("{\"id\": 1}", config).body().path("snapshot_id").asLong();
        assertThat(server.post("{\"id\": 1}", config).body().path("snapshot_id").asLong())
                .isEqualTo(first);
        assertThat(server.count("bronze.t")).isEqualTo(1);
    }

    @Test
    void answers_409_when_the_same_id_has_other_data() {
        server.send(server.json(envelope("{\"id\": 1}", into("bronze.t"))).header("Idempotency-Key", "b-1"));
        Reply other = server.send(
                server.json(envelope("{\"id\": 2}", into("bronze.t"))).header("Idempotency-Key", "b-1"));
        assertThat(other.status()).isEqualTo(409);
        assertThat(other.error()).contains("already written to bronze.t with other data");
        assertThat(server.count("bronze.t")).isEqualTo(1);
    }

    @Test
    void writes_again_when_the_same_id_goes_to_another_table() {
        server.send(server.json(envelope("{\"id\": 1}", into("bronze.t"))).header("Idempotency-Key", "b-1"));
        server.send(server.json(envelope("{\"id\": 1}", into("bronze.u"))).header("Idempotency-Key", "b-1"));
        assertThat(server.count("bronze.u")).isEqualTo(1);
        assertThat(server.count("_sluice.batches")).isEqualTo(2);
    }

    @Test
    void forgets_the_id_when_the_batch_was_rejected() {
        server.send(server.json(envelope("[{\"id\": 1}, {\"ID\": 2}]", into("bronze.t")))
                .header("Idempotency-Key", "b-1"));
        Reply mended = server.send(
                server.json(envelope("{\"id\": 1}", into("bronze.t"))).header("Idempotency-Key", "b-1"));
        assertThat(mended.status()).isEqualTo(200);
    }

    @Test
    void remembers_the_id_when_the_lake_starts_again() {
        String body = envelope("{\"id\": 1}", into("bronze.t"));
        server.send(server.json(body).header("Idempotency-Key", "b-1"));
        server.close();
        server = new LakeUnderTest(folder);
        assertThat(server.send(server.json(body).header("Idempotency-Key", "b-1"))
                        .warnings())
                .contains("already written");
    }

    @Test
    void leaves_nothing_when_a_row_in_the_middle_fails() throws SQLException {
        inFile("CREATE SCHEMA bronze; CREATE TABLE bronze.t (id BIGINT CHECK (id < 100))");
        String body = envelope("[{\"id\": 1}, {\"id\": 500, \"b\": 4711}, {\"id\": 3}]", into("bronze.t"));
        Reply reply = server.send(server.json(body).header("Idempotency-Key", "b-1"));
        assertThat(reply.status()).isEqualTo(422);
        assertThat(reply.http().body()).contains("Constraint Error").doesNotContain("4711");
        assertThat(server.count("bronze.t") + server.count("_sluice.batches")).isZero();
        assertThat(server.row("SELECT count(*) AS n FROM duckdb_columns() WHERE schema_name = 'bronze'"))
                .containsEntry("n", 1L);
    }

    @Test
    void keeps_the_old_rows_when_a_merge_fails_after_its_delete() throws SQLException {
        inFile("CREATE SCHEMA bronze; CREATE TABLE bronze.t (id BIGINT, v BIGINT CHECK (v < 100));"
                + " INSERT INTO bronze.t VALUES (1, 1)");
        assertThat(server.post("[{\"id\": 1, \"v\": 500}]", merge("id")).status())
                .isEqualTo(422);
        assertThat(table()).isEqualTo("[{id=1, v=1}]");
        assertThat(server.post("[{\"id\": 1, \"v\": 2}]", merge("id")).status()).isEqualTo(200);
    }

    @Test
    void answers_422_when_a_column_has_a_foreign_type() throws SQLException {
        inFile("CREATE SCHEMA bronze; CREATE TABLE bronze.t (id BIGINT, seen TIMESTAMP)");
        assertThat(server.append("{\"id\": 1, \"seen\": \"2026-01-01\"}").error())
                .contains("has the type TIMESTAMP");
        assertThat(server.append("{\"id\": 1}").status()).isEqualTo(200);
    }

    @Test
    void loses_no_row_when_many_post_to_one_table() throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(8);
        List<Callable<Integer>> posts = IntStream.range(0, 64)
                .mapToObj(i -> (Callable<Integer>)
                        () -> server.append("[{\"id\": " + i + ", \"c" + i % 5 + "\": 1.5}, {\"id\": -1}]")
                                .status())
                .toList();
        for (Future<Integer> status : clients.invokeAll(posts)) {
            assertThat(status.get()).isEqualTo(200);
        }
        clients.shutdown();
        assertThat(server.row("SELECT count(*) AS n, count(DISTINCT id) AS ids FROM bronze.t"))
                .containsEntry("n", 128L)
                .containsEntry("ids", 65L);
    }

    @Test
    void writes_once_when_the_same_batch_comes_many_times_at_once() throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(8);
        String body = envelope("[{\"id\": 1}]", into("bronze.t"));
        Callable<Integer> post = () ->
                server.send(server.json(body).header("Idempotency-Key", "b-1")).status();
        for (Future<Integer> status : clients.invokeAll(Collections.nCopies(16, post))) {
            assertThat(status.get()).isEqualTo(200);
        }
        clients.shutdown();
        assertThat(server.count("bronze.t")).isEqualTo(1);
    }

    /** Prepares the file by another client, while the lake is down. */
    private void inFile(String sql) throws SQLException {
        server.close();
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:" + server.file);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
        server = new LakeUnderTest(folder);
    }
}
