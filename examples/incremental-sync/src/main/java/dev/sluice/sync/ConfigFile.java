package dev.sluice.sync;

import dev.sluice.RateLimit;
import dev.sluice.RetryPolicy;
import dev.sluice.batch.BatchPolicy;
import dev.sluice.jdbc.source.TablePlan;
import dev.sluice.row.WriteMode;
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
import java.time.ZoneId;
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
        return source.checked(() -> Source.of(
                url, source.text("user").orElse(null), source.text("password").orElse(null)));
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

    BatchPolicy batch() {
        Section batch = root.section("batch");
        int maxRows = batch.integer("maxRows").orElse(BatchPolicy.DEFAULT.maxRows());
        int maxBytes = batch.integer("maxBytes").orElse(BatchPolicy.DEFAULT.maxBytes());
        return batch.checked(() -> new BatchPolicy(maxRows, maxBytes));
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

    Optional<Duration> horizonLag() {
        return root.section("horizon").time("lag");
    }

    Path state() {
        return folder("state", "sync-state");
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
            TablePlan plan = plan(table);
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
            throw root.problem(key, key + " must be a folder, a database is not supported");
        }
        try {
            Path parent = file.toAbsolutePath().getParent();
            return (parent == null ? Path.of(text) : parent.resolve(text)).normalize();
        } catch (InvalidPathException e) {
            throw root.problem(key, key + " is not the name of a folder: " + e.getReason());
        }
    }

    private static TablePlan plan(Section table) {
        String source = table.required("source", "the table to read, such as public.customers");
        String destination = table.required("destination", "the lake's table, such as bronze.customers");
        String watermark = table.required("watermark", "the column that holds the time of each row's last change");
        WriteMode mode = mode(table);
        return table.checked(() -> {
            TablePlan plan = TablePlan.of(source, destination)
                    .watermark(watermark)
                    .key(table.texts("key").toArray(String[]::new))
                    .mode(mode)
                    .cdc(table.flag("cdc"))
                    .exclude(table.texts("exclude").toArray(String[]::new));
            TablePlan deleting = table.text("softDelete").map(plan::softDelete).orElse(plan);
            TablePlan zoned = table.text("watermarkZone")
                    .map(zone -> deleting.watermarkZone(ZoneId.of(zone)))
                    .orElse(deleting);
            return zoned.checked();
        });
    }

    private static WriteMode mode(Section table) {
        return switch (table.text("mode").orElse("append")) {
            case "append" -> WriteMode.APPEND;
            case "merge" -> WriteMode.MERGE;
            default -> throw table.problem("mode", "mode must be append or merge");
        };
    }
}
