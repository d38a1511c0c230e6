package dev.sluice.sync;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Every key the configuration file may have: a misspelt one would otherwise be a setting that silently does nothing. */
final class KnownKeys {
    /** The one group that is a list of them. */
    private static final String TABLES = "tables";

    /** The keys of each group; the top of the file has no name. What is in no group here may have any keys. */
    private static final Map<String, List<String>> KEYS = Map.ofEntries(
            group(
                    "",
                    "destination",
                    "source",
                    "state",
                    "deadLetters",
                    "spool",
                    "batch",
                    "retry",
                    "horizon",
                    "queryTimeout",
                    "parallelTables",
                    "poll",
                    "http",
                    "tables"),
            group("destination", "url", "apiKey", "gzip", "wait", "connectTimeout", "timeout", "rateLimit"),
            group("source", "url", "user", "password"),
            group("state", "url", "user", "password", "table"),
            group("batch", "maxRows", "maxBytes"),
            group("retry", "maxAttempts", "initialBackoff", "maxBackoff", "deadline"),
            group("horizon", "lag", "maxWait"),
            group("poll", "floor", "ceiling"),
            group(
                    TABLES,
                    "source",
                    "query",
                    "destination",
                    "watermark",
                    "watermarkZone",
                    "lookBack",
                    "nullWatermark",
                    "snapshot",
                    "key",
                    "mode",
                    "cdc",
                    "softDelete",
                    "deletes",
                    "filter",
                    "include",
                    "exclude",
                    "rename",
                    "mask",
                    "maskSalt",
                    "describeColumns",
                    "initialLoad"),
            group("tables.deletes", "every", "allowEmpty"),
            group("tables.initialLoad", "threads"));

    private KnownKeys() {}

    private static Map.Entry<String, List<String>> group(String name, String... keys) {
        return Map.entry(name, List.of(keys));
    }

    /** The names of all keys, each once. */
    static Set<String> all() {
        return KEYS.values().stream().flatMap(List::stream).collect(Collectors.toSet());
    }

    static void check(String file, Yaml.Mapping document) {
        check(file, "", document);
    }

    private static void check(String file, String group, Yaml.Mapping mapping) {
        checkKeys(file, group, mapping);
        mapping.entries().forEach((key, value) -> {
            String below = group.isEmpty() ? key : group + "." + key;
            boolean isList = below.equals(TABLES);
            if (value instanceof Yaml.Sequence list && isList) {
                list.items().forEach(item -> checkGroup(file, below, item));
            } else if (!isList) {
                checkGroup(file, below, value);
            }
        });
    }

    /** A value of another kind is told when it is read. */
    private static void checkGroup(String file, String group, Yaml.Node node) {
        if (node instanceof Yaml.Mapping mapping && KEYS.containsKey(group)) {
            check(file, group, mapping);
        }
    }

    private static void checkKeys(String file, String group, Yaml.Mapping mapping) {
        List<String> known = KEYS.getOrDefault(group, List.of());
        mapping.entries().forEach((key, value) -> {
            if (!known.contains(key)) {
                String of = group.isEmpty() ? "" : " of " + group;
                throw CliException.usage(file + ": line " + value.line() + ": unknown key " + key + of
                        + "; the nearest known one is " + Nearest.of(key, known));
            }
        });
    }
}
