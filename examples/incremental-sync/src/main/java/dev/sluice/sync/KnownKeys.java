package dev.sluice.sync;

import java.util.List;
import java.util.Map;

/** Every key the configuration file may have: a misspelt one would otherwise be a setting that silently does nothing. */
final class KnownKeys {
    /** The keys of each group; the top of the file has no name. */
    private static final Map<String, List<String>> KEYS = Map.of(
            "",
                    List.of(
                            "destination",
                            "source",
                            "state",
                            "deadLetters",
                            "spool",
                            "batch",
                            "retry",
                            "horizon",
                            "tables"),
            "destination", List.of("url", "apiKey", "gzip", "wait", "connectTimeout", "timeout", "rateLimit"),
            "source", List.of("url", "user", "password"),
            "batch", List.of("maxRows", "maxBytes"),
            "retry", List.of("maxAttempts", "initialBackoff", "maxBackoff", "deadline"),
            "horizon", List.of("lag"),
            "tables",
                    List.of(
                            "source",
                            "destination",
                            "watermark",
                            "key",
                            "mode",
                            "cdc",
                            "softDelete",
                            "exclude",
                            "watermarkZone"));

    private KnownKeys() {}

    static void check(String file, Yaml.Mapping document) {
        checkKeys(file, "", document);
        document.entries().forEach((key, value) -> {
            if (value instanceof Yaml.Mapping mapping && KEYS.containsKey(key) && !key.equals("tables")) {
                checkKeys(file, key, mapping);
            } else if (value instanceof Yaml.Sequence list && key.equals("tables")) {
                list.items().forEach(item -> checkItem(file, item));
            }
        });
    }

    private static void checkItem(String file, Yaml.Node item) {
        if (item instanceof Yaml.Mapping mapping) {
            checkKeys(file, "tables", mapping);
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
