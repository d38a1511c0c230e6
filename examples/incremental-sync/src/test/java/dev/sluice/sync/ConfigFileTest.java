package dev.sluice.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jdbc.source.TablePlan;
import dev.sluice.row.WriteMode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ConfigFileTest {
    private static final String GOOD = """
            destination:
              url: http://127.0.0.1:1
              apiKey: key-f00dfeedbeef
            source:
              url: jdbc:postgresql://localhost:1/db
              user: sync
              password: pa55word-t0psecret
            batch: { maxRows: 10 }
            retry: { maxAttempts: 1 }
            tables:
              - source: public.a
                destination: bronze.a
                watermark: updated_at
                key: id
            """;

    @TempDir
    Path folder;

    static Stream<Arguments> mistakes() {
        return Stream.of(
                mistake(
                        "apiKey:",
                        "apikey:",
                        "line 3: unknown key apikey of destination; the nearest known one is apiKey"),
                mistake("tables:", "table:", "line 11: unknown key table; the nearest known one is tables"),
                mistake(
                        "watermark:",
                        "watermrk:",
                        "line 13: unknown key watermrk of tables; the nearest known one is watermark"),
                mistake("maxRows: 10", "maxRows: ten", "line 8: batch.maxRows must be a whole number, found \"ten\""),
                mistake("maxRows: 10", "maxRows: [10]", "line 8: batch.maxRows must be text, found a list"),
                mistake("maxRows: 10", "maxRows: 0", "line 8: batch: batch maxRows must be 1 to 50000, found 0"),
                mistake("{ maxRows: 10 }", "10", "line 8: batch must be keys and values, found text"),
                mistake(
                        "maxAttempts: 1",
                        "deadline: 2 minutes",
                        "line 9: retry.deadline must be a time such as 500ms, 30s, 2m or 1h, found \"2 minutes\""),
                mistake(
                        "maxAttempts: 1",
                        "initialBackoff: 1h",
                        "line 9: retry: initialBackoff must be more than 0 and at most maxBackoff, found PT1H and PT30S"),
                mistake("user: sync", "user: { a: b }", "line 6: source.user must be text, found keys and values"),
                mistake(
                        "  apiKey: key-f00dfeedbeef\n",
                        "",
                        "destination.apiKey is missing: the key that opens the Stream API"),
                mistake(
                        "key-f00dfeedbeef",
                        "\"\"",
                        "line 3: destination.apiKey is empty: the key that opens the Stream API"),
                mistake(
                        "key-f00dfeedbeef",
                        "\"key-f00dfeedbeef\\n\"",
                        "line 2: destination: the API key has a character that a header cannot carry (code 10) at place 16 of 17"),
                mistake(
                        "http://127.0.0.1:1",
                        "127.0.0.1",
                        "line 2: destination: baseUrl must be an http or https URL: 127.0.0.1"),
                mistake(
                        "url: http",
                        "gzip: maybe\n  url: http",
                        "line 2: destination.gzip must be true or false, found \"maybe\""),
                mistake(
                        "url: http",
                        "rateLimit: fast\n  url: http",
                        "line 2: destination: a rate limit is written like \"100 per 10s\", found: fast"),
                mistake(
                        "jdbc:postgresql",
                        "jdbc:oracle",
                        "line 5: source: no driver on the class path takes this url, jdbc:oracle:...: add the driver's jar, as in java -cp incremental-sync.jar:driver.jar dev.sluice.sync.Main"),
                mistake(
                        "jdbc:postgresql://localhost:1/db",
                        "postgresql://a:pa55word-t0psecret@h/db",
                        "line 5: source: the user is in the url and in the key user: remove one"),
                mistake(
                        "jdbc:postgresql://localhost:1/db",
                        "jdbc:postgresql://sync:pa55word-t0psecret@h/db",
                        "line 5: source: url cannot be understood: write jdbc:postgresql://host:port/database; characters that have a meaning in it, such as / and @ in a password, are percent-encoded"),
                mistake(
                        "bronze.a",
                        "bronze",
                        "line 11: tables[0]: destination table must be written schema.table, such as bronze.events: bronze"),
                mistake(
                        "    key: id\n",
                        "",
                        "line 11: tables[0]: table public.a needs a key: the columns that tell its rows apart"),
                mistake(
                        "    watermark: updated_at\n",
                        "",
                        "tables[0].watermark is missing: the column that each change of a row raises; where there is none, snapshot: true reads the whole table each time"),
                mistake(
                        "key: id",
                        "key: [a, b]\n    mode: merge",
                        "line 11: tables[0]: table public.a cannot merge by 2 key columns (a, b), the API takes one: append with cdc and read the current-state view"),
                mistake("key: id", "key: id\n    mode: upsert", "line 15: mode must be append or merge"),
                mistake(
                        "key: id",
                        "key: id\n    softDelete: d",
                        "line 11: tables[0]: table public.a marks deletes in d, which needs cdc: true to tell them to the lake"),
                mistake(
                        "key: id",
                        "key: id\n    watermarkZone: Mars/Here",
                        "line 15: tables[0].watermarkZone: Unknown time-zone ID: Mars/Here"),
                mistake(
                        "user: sync",
                        "user: sync\n  user: sync",
                        "line 7: the key user is there twice, first on line 6: remove one"),
                mistake(
                        "user: sync",
                        "user: *sync",
                        "line 6: a * begins an alias, which is not supported: put the value in quotes"),
                mistake(
                        "sync",
                        "${NOBODY}",
                        "line 6: source.user needs the environment variable NOBODY, which is not set: export it, or write ${NOBODY:-default}"),
                mistake(
                        "  user: sync",
                        "\tuser: sync",
                        "line 6: this is not YAML: found character '\\t(TAB)' that cannot start any token. (Do not use \\t(TAB) for indentation)"),
                mistake(
                        "batch:",
                        "state: ftp://h/db\nbatch:",
                        "line 8: state: url must begin with jdbc:postgresql:, postgresql:, jdbc:mysql:, jdbc:mariadb:, mysql:, or jdbc: and the name of another driver, found ftp:"),
                mistake(
                        "batch:",
                        "state: { url: jdbc:postgresql://h/db, tabel: x }\nbatch:",
                        "line 8: unknown key tabel of state; the nearest known one is table"),
                mistake(
                        "batch:",
                        "state: { table: x }\nbatch:",
                        "state.url is missing: where the database is that keeps the state"),
                mistake(
                        "batch:",
                        "state: { url: jdbc:postgresql://h/db, table: 'x y' }\nbatch:",
                        "line 8: state: the table for checkpoints must be named by plain identifiers of letters, digits and _, as in schema.table, with at most 58 characters behind the dot, found x y"),
                mistake(
                        "batch:",
                        "deadLetters: jdbc:postgresql://h/db\nbatch:",
                        "line 8: deadLetters must be a folder or file, only the state may be kept in a database"));
    }

    private static Arguments mistake(String right, String wrong, String message) {
        return Arguments.of(right, wrong, message);
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void says_file_line_and_remedy_when_the_file_has_a_mistake(String right, String wrong, String message)
            throws IOException {
        assertThat(GOOD).contains(right);
        Path file = write(GOOD.replaceFirst(Pattern.quote(right), Matcher.quoteReplacement(wrong)));

        Cli.Ran ran = Cli.run("sync", "--config", file.toString());

        assertThat(ran.err()).isEqualTo(file + ": " + message + "\n");
        assertThat(ran.out()).isEmpty();
        assertThat(ran.status()).isEqualTo(2);
        assertThat(ran.err()).doesNotContain("pa55word", "f00dfeed");
    }

    @ParameterizedTest
    @MethodSource("noFiles")
    void says_what_it_expects_when_the_file_is_no_configuration(String text, String message) throws IOException {
        Path file = write(text);

        Cli.Ran ran = Cli.run("sync", "--config", file.toString());

        assertThat(ran.err()).isEqualTo(file + message + "\n");
        assertThat(ran.status()).isEqualTo(2);
    }

    static Stream<Arguments> noFiles() {
        return Stream.of(
                Arguments.of("", " must hold keys and values, found nothing: the README has a sample to begin with"),
                Arguments.of("hello", " must hold keys and values, found text: the README has a sample to begin with"),
                Arguments.of("- a", " must hold keys and values, found a list: the README has a sample to begin with"),
                Arguments.of("batch:\n---\nbatch:", ": line 3: a second document begins, only one is read"),
                Arguments.of("tables: { a: b }", ": line 1: tables must be a list, found keys and values"),
                Arguments.of(
                        "tables: [{source: a, destination: b.c, watermark: w, key: k},"
                                + " {source: a, destination: b.c, watermark: v, key: k}]",
                        ": line 1: a -> b.c is there twice: remove one"),
                Arguments.of("tables: []", ": tables is missing: list at least one table to sync"));
    }

    @Test
    void refuses_the_file_when_it_is_not_text() throws IOException {
        Path file = folder.resolve("sync.yaml");
        Files.write(file, new byte[] {(byte) 0xC3, 0x28});

        assertThat(Cli.run("sync", "--config", file.toString()).err())
                .isEqualTo(file + " is not UTF-8 text: save it as UTF-8\n");
    }

    @Test
    void says_so_when_there_is_no_file() {
        Path file = folder.resolve("none.yaml");

        Cli.Ran ran = Cli.run("sync", "--config", file.toString());

        assertThat(ran.err()).startsWith("there is no configuration file " + file);
        assertThat(ran.status()).isEqualTo(2);
    }

    @Test
    void reads_every_key_when_all_are_given() throws IOException {
        Path file = write("""
                destination: { url: "${URL}", apiKey: k, gzip: true, wait: true, connectTimeout: 5s, timeout: 1m,
                  rateLimit: 100 per 10s }
                source: { url: "postgresql://a:b@h/d" }
                state: state
                deadLetters: /tmp/dead
                batch: { maxRows: "${ROWS:-7}", maxBytes: 1000 }
                retry: { maxAttempts: 3, initialBackoff: 10ms, maxBackoff: 2s, deadline: 1h }
                horizon: { lag: 90s }
                tables:
                  - { source: a, destination: b.c, watermark: w, key: [k, l], mode: append, cdc: true, softDelete: d,
                      exclude: [e, f], watermarkZone: Europe/Berlin }
                  - { source: a, destination: b.m, watermark: w, key: k, mode: merge }
                """);

        ConfigFile config = ConfigFile.load(file, Map.of("URL", "http://lake:1"));

        assertThat(config.destination()).isNotNull();
        assertThat(config.rateLimit().orElseThrow().requests()).isEqualTo(100);
        assertThat(config.state()).hasToString(folder.resolve("state").toString());
        assertThat(config.deadLetters()).isEqualTo(Path.of("/tmp/dead"));
        assertThat(config.extraction().pages().maxRows()).isEqualTo(7);
        assertThat(config.retry().deadline()).isEqualTo(Duration.ofHours(1));
        assertThat(config.extraction().lag()).contains(Duration.ofSeconds(90));
        TablePlan first = config.tables().get(0);
        assertThat(first.key()).containsExactly("k", "l");
        assertThat(first.watermarkZone()).contains(ZoneId.of("Europe/Berlin"));
        assertThat(first.isCdc()).isTrue();
        assertThat(config.tables().get(1).mode()).isEqualTo(WriteMode.MERGE);
    }

    @Test
    void is_valid_when_it_is_the_sample() {
        ConfigFile sample =
                ConfigFile.load(Path.of("sync.yaml"), Map.of("DEFINITE_API_KEY", "key", "DB_PASSWORD", "any: # thing"));

        assertThat(sample.tables()).hasSize(1);
        assertThat(sample.source()).hasToString("db:5432/app");
        assertThat(sample.destination()).isNotNull();
    }

    @Test
    void is_valid_and_complete_when_it_is_the_readmes() throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        Matcher yaml = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL).matcher(readme);
        assertThat(yaml.find()).isTrue();
        ConfigFile file = ConfigFile.load(
                write(yaml.group(1)), Map.of("DEFINITE_API_KEY", "key", "DB_PASSWORD", "a", "MASK_SALT", "0123456789"));

        assertThat(file.tables()).hasSize(3);
        assertThat(file.source()).hasToString("db:5432/app");
        assertThat(file.destination()).isNotNull();
        assertThat(file.extraction().maxWait()).contains(Duration.ofHours(1));
        assertThat(file.http()).isPresent();
        assertThat(KnownKeys.all()).allSatisfy(key -> assertThat(yaml.group(1)).contains(key + ":"));
    }

    private Path write(String text) throws IOException {
        return Files.writeString(folder.resolve("sync.yaml"), text, StandardCharsets.UTF_8);
    }
}
