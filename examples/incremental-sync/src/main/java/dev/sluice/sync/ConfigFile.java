package dev.sluice.sync;

import dev.sluice.RateLimit;
import dev.sluice.RetryPolicy;
import dev.sluice.batch.BatchPolicy;
import dev.sluice.jdbc.Polling;
import dev.sluice.jdbc.dialect.Dialect;
import dev.sluice.jdbc.source.TablePlan;
import dev.sluice.spool.Spool;
import dev.sluice.spool.SpoolException;
import dev.sluice.transport.ApiKey;
import dev.sluice.transport.StreamApi;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The configuration file. Its keys are checked when it is loaded; a value is read, and its variables looked up, when a
 * command asks for it, so that {@code state show} needs no password.
 */
final class ConfigFile {
    /** The library itself gives up a server that does not answer 30 s after the query's time. */
    private static final Duration BEHIND_QUERY = Duration.ofMinutes(1);

    private final Path file;
    private final Section root;

    private ConfigFile(Path file, Section root) {
        this.file = file;
        this.root = root;
    }

    static ConfigFile load(Path file, Map<String, String> environment) {
        Yaml.Node document = parse(file);
        if (!(document instanceof Yaml.Mapping mapping)) {
            throw CliException.usage(file + " must hold keys and values, found " + document.kind()
                    + ": the README has a sample to begin with");
        }
        KnownKeys.check(file.toString(), mapping);
        return new ConfigFile(file, new Section(file.toString(), "", mapping, new Variables(environment)));
    }

    private static Yaml.Node parse(Path file) {
        String text;
        try {
            text = Files.readString(file);
        } catch (NoSuchFileException e) {
            throw CliException.usage("there is no configuration file " + file
                    + ": name one with --config; the README has a sample to begin with");
        } catch (CharacterCodingException e) {
            throw CliException.usage(file + " is not UTF-8 text: save it as UTF-8");
        } catch (IOException e) {
            throw CliException.usage("cannot read the configuration file " + file + ": " + e, e);
        }
        try {
            return Yaml.parse(text);
        } catch (CliException e) {
            throw CliException.usage(file + ": " + e.getMessage());
        }
    }

    Path path() {
        return file;
    }

    Source source() {
        Section source = root.section("source");
        String url = source.required("url", "where the database is, such as jdbc:postgresql://host:5432/database");
        Duration query = extraction().queryTimeout().orElse(Duration.ZERO);
        Duration silence = query.compareTo(Source.SILENCE) < 0 ? Source.SILENCE : query.plus(BEHIND_QUERY);
        return source.checked(() -> Source.of(
                "source",
                url,
                source.text("user").orElse(null),
                source.text("password").orElse(null),
                silence));
    }

    /** The one that fits the source's URL. */
    Dialect dialect() {
        return root.section("source").text("url").map(DatabaseUrl::dialect).orElseGet(Dialect::postgresql);
    }

    StreamApi destination() {
        Section destination = root.section("destination");
        String url = destination.required("url", "the Stream API's address, without /v2/stream");
        ApiKey key = destination.checked(() -> ApiKey.of(apiKey()));
        return destination.checked(() -> {
            StreamApi.Builder api = StreamApi.builder()
                    .baseUrl(url)
                    .apiKey(key)
                    .gzip(destination.flag("gzip"))
                    .waitForCommit(destination.flag("wait"));
            destination.time("connectTimeout").ifPresent(api::connectTimeout);
            destination.time("timeout").ifPresent(api::timeout);
            return api.build();
        });
    }

    String apiKey() {
        return root.section("destination").required("apiKey", "the key that opens the Stream API");
    }

    Optional<RateLimit> rateLimit() {
        Section destination = root.section("destination");
        return destination.text("rateLimit").map(text -> destination.checked(() -> RateLimit.parse(text)));
    }

    /** How tables are read. */
    Extraction extraction() {
        Section batch = root.section("batch");
        int maxRows = batch.integer("maxRows").orElse(BatchPolicy.DEFAULT.maxRows());
        int maxBytes = batch.integer("maxBytes").orElse(BatchPolicy.DEFAULT.maxBytes());
        return Extraction.of(root, batch.checked(() -> new BatchPolicy(maxRows, maxBytes)));
    }

    /** How often {@code watch} looks at the tables. */
    Polling polling() {
        Section poll = root.section("poll");
        Duration floor = poll.time("floor").orElse(Polling.DEFAULT.floor());
        Duration ceiling = poll.time("ceiling").orElse(Polling.DEFAULT.ceiling());
        return poll.checked(() -> new Polling(floor, ceiling));
    }

    /** Where {@code watch} answers questions; empty if it does not. */
    Optional<HttpAddress> http() {
        return root.text("http").map(text -> root.checked("http", () -> HttpAddress.parse(text)));
    }

    RetryPolicy retry() {
        Section retry = root.section("retry");
        RetryPolicy usual = RetryPolicy.DEFAULT;
        int maxAttempts = retry.integer("maxAttempts").orElse(usual.maxAttempts());
        Duration first = retry.time("initialBackoff").orElse(usual.initialBackoff());
        Duration longest = retry.time("maxBackoff").orElse(usual.maxBackoff());
        Duration deadline = retry.time("deadline").orElse(usual.deadline());
        return retry.checked(() -> new RetryPolicy(maxAttempts, first, longest, deadline));
    }

    /** Where progress is kept: a folder, the URL of a database, or a group of keys for one. */
    State state() {
        if (root.isGroup("state")) {
            Section state = root.section("state");
            String url = state.required("url", "where the database is that keeps the state");
            Source database = state.checked(() -> Source.of(
                    "state",
                    url,
                    state.text("user").orElse(null),
                    state.text("password").orElse(null),
                    Source.SILENCE));
            return state.checked(
                    () -> State.database(database, state.text("table").orElse(State.TABLE)));
        }
        String text = root.text("state").orElse("");
        if (text.startsWith("jdbc:") || text.contains("://")) {
            return root.checked(
                    "state", () -> State.database(Source.of("state", text, null, null, Source.SILENCE), State.TABLE));
        }
        return State.folder(folder("state", "sync-state"));
    }

    /** What must not be printed, whatever a command does. */
    void hideSecrets(Console console) {
        console.hide(source().secret());
        console.hide(state().secret());
        console.hide(apiKey());
        root.sections("tables").forEach(table -> table.text("maskSalt").ifPresent(console::hide));
    }

    Path deadLetters() {
        return folder("deadLetters", "dead-letters");
    }

    /** The file that keeps rows on their way, and dead letters; empty if there is none. */
    Optional<Path> spool() {
        if (root.text("spool").isPresent() && root.text("deadLetters").isPresent()) {
            throw root.problem(
                    "deadLetters", "deadLetters excludes spool, which keeps the dead letters too: remove one");
        }
        return root.text("spool").map(file -> folder("spool", file));
    }

    /** Opens it, for one owner at a time. */
    Optional<Spool> openSpool() {
        try {
            return spool().map(Spool::sqlite);
        } catch (SpoolException e) {
            throw CliException.failed(Words.firstLine(e), e);
        }
    }

    List<TablePlan> tables() {
        List<TablePlan> plans = new ArrayList<>();
        Set<String> pairs = new HashSet<>();
        for (Section table : root.sections("tables")) {
            TablePlan plan = new TableConfig(table).plan();
            if (!pairs.add(plan.source() + " -> " + plan.destination())) {
                throw table.problem(
                        "source", plan.source() + " -> " + plan.destination() + " is there twice: remove one");
            }
            plans.add(plan);
        }
        if (plans.isEmpty()) {
            throw CliException.usage(file + ": tables is missing: list at least one table to sync");
        }
        return plans;
    }

    /** Relative to the file, for cron starts programs in a folder of its own choice. */
    private Path folder(String key, String usual) {
        String text = root.text(key).orElse(usual);
        if (text.startsWith("jdbc:")) {
            throw root.problem(key, key + " must be a folder or file, only the state may be kept in a database");
        }
        try {
            Path parent = file.toAbsolutePath().getParent();
            return (parent == null ? Path.of(text) : parent.resolve(text)).normalize();
        } catch (InvalidPathException e) {
            throw root.problem(key, key + " is not the name of a folder: " + e.getReason());
        }
    }
}
