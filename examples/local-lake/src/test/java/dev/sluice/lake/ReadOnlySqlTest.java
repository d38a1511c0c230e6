package dev.sluice.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.lake.LakeUnderTest.Reply;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReadOnlySqlTest {
    @TempDir
    Path folder;

    LakeUnderTest server;

    @BeforeEach
    void start() {
        server = new LakeUnderTest(folder);
        server.append("[{\"id\": 1, \"name\": \"Ann\"}, {\"id\": 2, \"name\": null}]");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void answers_with_columns_and_rows_when_a_query_reads() {
        assertThat(server.sql("SELECT id, name FROM bronze.t ORDER BY id;").body())
                .hasToString(server.sql("FROM bronze.t ORDER BY id -- all of it")
                        .body()
                        .toString());
        Reply reply = server.sql("SELECT id, name FROM bronze.t ORDER BY id");
        assertThat(reply.body().path("columns").toString()).isEqualTo("[\"id\",\"name\"]");
        assertThat(reply.body().path("rows").toString()).isEqualTo("[[1,\"Ann\"],[2,null]]");
        assertThat(reply.body().path("cut").asBoolean(true)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT 1",
                "WITH x AS (SELECT 1) FROM x",
                "VALUES (1)",
                "SHOW ALL TABLES",
                "DESCRIBE bronze.t",
                "SUMMARIZE bronze.t",
                "EXPLAIN SELECT * FROM bronze.t",
                "explain analyze SELECT 1",
            })
    void runs_a_statement_when_it_only_reads(String sql) {
        assertThat(server.sql(sql).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "INSERT INTO bronze.t VALUES (3, 'x')",
                "UPDATE bronze.t SET id = 5",
                "DELETE FROM bronze.t",
                "DROP TABLE bronze.t",
                "CREATE TABLE bronze.u (id INT)",
                "CREATE TEMP TABLE u (id INT)",
                "COPY bronze.t TO 'FOLDER/out.csv'",
                "ATTACH 'FOLDER/other.duckdb'",
                "ATTACH ':memory:' AS m",
                "EXPORT DATABASE 'FOLDER/out'",
                "SELECT * FROM read_csv('FOLDER/secret.csv')",
                "SELECT * FROM read_text('FOLDER/secret.csv')",
                "FROM 'FOLDER/secret.csv'",
                "SELECT * FROM glob('FOLDER/*')",
                "INSTALL httpfs",
                "LOAD httpfs",
                "SET threads = 1",
                "SET enable_external_access = true",
                "PRAGMA database_list",
                "CALL pragma_version()",
                "BEGIN",
                "COMMIT; INSERT INTO bronze.t VALUES (3, 'x'); SELECT 1",
                "SELECT 1; SELECT 2",
                "SELECT 1; DROP TABLE bronze.t",
                "EXPLAIN ANALYZE INSERT INTO bronze.t VALUES (3, 'x')",
                "EXPLAIN SELECT 1; DROP TABLE bronze.t",
                "WITH x AS (INSERT INTO bronze.t VALUES (3, 'x') RETURNING id) SELECT * FROM x",
                "SELECT nextval('_sluice.snapshots')",
                "",
                "-- nothing",
                "SELEC 1",
                "SELECT * FROM bronze.none",
            })
    void refuses_a_statement_when_it_does_not_only_read(String sql) throws IOException {
        Files.writeString(folder.resolve("secret.csv"), "a,b\n1,2\n");
        Reply reply = server.sql(sql.replace("FOLDER", folder.toString()));
        assertThat(reply.status()).as(reply.http().body()).isEqualTo(400);
        assertThat(server.lake.query("SELECT id FROM bronze.t ORDER BY id").toString())
                .isEqualTo("[{id=1}, {id=2}]");
        assertThat(folder.toFile().list()).doesNotContain("out.csv", "out", "other.duckdb");
    }

    @Test
    void cuts_the_answer_when_it_is_long() {
        Reply full = server.sql("FROM range(10000)");
        Reply cut = server.sql("FROM range(1000000000)");
        assertThat(full.body().path("cut").asBoolean(true)).isFalse();
        assertThat(cut.body().path("cut").asBoolean()).isTrue();
        assertThat(cut.body().path("rows").size()).isEqualTo(10_000);
    }

    @Test
    void answers_401_when_the_key_is_missing() {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(server.lake.baseUrl().resolve("/sql")).POST(BodyPublishers.ofString("SELECT 1"));
        assertThat(server.send(request).status()).isEqualTo(401);
    }

    @Test
    void answers_413_when_the_sql_is_a_megabyte() {
        assertThat(server.sql("SELECT 1 --" + "x".repeat(1_000_000)).status()).isEqualTo(413);
    }

    @Test
    void writes_plain_json_when_values_have_types_of_their_own() {
        Reply reply = server.sql("SELECT TIMESTAMP '2024-03-31 02:30:00.000001', TIMESTAMPTZ '2024-01-02 03:04:05Z',"
                + " DATE '2024-01-02', [1, NULL], {'a': 1}, '\\xAB'::BLOB, 1.5, 'nan'::DOUBLE, '{\"k\":1.10}'::JSON,"
                + " 170141183460469231731687303715884105727");
        assertThat(reply.body().path("rows").toString())
                .isEqualTo("[[\"2024-03-31T02:30:00.000001\",\"2024-01-02T03:04:05Z\",\"2024-01-02\",[1,null],"
                        + "\"{a=1}\",\"ab\",1.5,\"NaN\",\"{\\\"k\\\":1.10}\","
                        + "170141183460469231731687303715884105727]]");
    }

    @Test
    void says_so_when_two_columns_have_one_name() {
        assertThatThrownBy(() -> server.lake.query("SELECT 1 AS a, 2 AS a"))
                .isInstanceOf(LakeException.class)
                .hasMessageContaining("alias");
    }
}
