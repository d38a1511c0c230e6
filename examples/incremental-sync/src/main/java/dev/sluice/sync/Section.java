package dev.sluice.sync;

import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Typed access to one group of keys in the configuration file. */
final class Section {
    private static final Pattern TIME = Pattern.compile("(\\d{1,9})(ms|s|m|h)");

    private final String file;
    private final String path;
    private final Yaml.Mapping node;
    private final Variables variables;

    Section(String file, String path, Yaml.Mapping node, Variables variables) {
        this.file = file;
        this.path = path;
        this.node = node;
        this.variables = variables;
    }

    /** The keys and values below a key; without any if the key is not there. */
    Section section(String key) {
        Yaml.Node value = node.entries().get(key);
        if (value == null || isNothing(value)) {
            return new Section(file, path(key), new Yaml.Mapping(node.line(), Map.of()), variables);
        }
        return section(path(key), value);
    }

    /** A list of groups of keys; empty if the key is not there. */
    List<Section> sections(String key) {
        Yaml.Node value = node.entries().get(key);
        if (value == null || isNothing(value)) {
            return List.of();
        }
        if (!(value instanceof Yaml.Sequence list)) {
            throw wrongType(key, "a list", value);
        }
        List<Section> sections = new ArrayList<>();
        for (Yaml.Node item : list.items()) {
            sections.add(section(path(key) + "[" + sections.size() + "]", item));
        }
        return sections;
    }

    String required(String key, String meaning) {
        String value = text(key).orElseThrow(() -> problem(path(key) + " is missing: " + meaning));
        if (value.isBlank()) {
            throw problem(key, path(key) + " is empty: " + meaning);
        }
        return value;
    }

    Optional<String> text(String key) {
        return Optional.ofNullable(node.entries().get(key)).flatMap(value -> scalar(key, "text", value));
    }

    /** A list of texts, or a single one. */
    List<String> texts(String key) {
        Yaml.Node value = node.entries().get(key);
        if (!(value instanceof Yaml.Sequence list)) {
            return text(key).stream().toList();
        }
        List<String> texts = new ArrayList<>();
        for (Yaml.Node item : list.items()) {
            texts.add(scalar(key, "a list of texts", item).orElseThrow(() -> wrongType(key, "a list of texts", item)));
        }
        return texts;
    }

    Optional<Integer> integer(String key) {
        return text(key).map(text -> {
            if (!text.matches("-?\\d{1,9}")) {
                throw wrong(key, "a whole number");
            }
            return Integer.valueOf(text);
        });
    }

    boolean flag(String key) {
        String text = text(key).orElse("false");
        if (!text.equals("true") && !text.equals("false")) {
            throw wrong(key, "true or false");
        }
        return text.equals("true");
    }

    Optional<Duration> time(String key) {
        return text(key)
                .map(text -> parseTime(text).orElseThrow(() -> wrong(key, "a time such as 500ms, 30s, 2m or 1h")));
    }

    /** {@code 500ms}, {@code 30s}, {@code 2m} or {@code 1h}; empty for anything else. */
    static Optional<Duration> parseTime(String text) {
        Matcher parts = TIME.matcher(text);
        if (!parts.matches()) {
            return Optional.empty();
        }
        long amount = Long.parseLong(parts.group(1));
        return Optional.of(
                switch (parts.group(2)) {
                    case "ms" -> Duration.ofMillis(amount);
                    case "s" -> Duration.ofSeconds(amount);
                    case "m" -> Duration.ofMinutes(amount);
                    default -> Duration.ofHours(amount);
                });
    }

    /** The keys that are written here, in their order. */
    List<String> keys() {
        return List.copyOf(node.entries().keySet());
    }

    /** Whether a key has a list. */
    boolean isList(String key) {
        return node.entries().get(key) instanceof Yaml.Sequence;
    }

    /** Whether a key has keys and values below it. */
    boolean isGroup(String key) {
        return node.entries().get(key) instanceof Yaml.Mapping;
    }

    /** The same as {@link #checked(Supplier)}, for the value of one key. */
    <T> T checked(String key, Supplier<T> maker) {
        try {
            return maker.get();
        } catch (IllegalArgumentException | DateTimeException e) {
            throw problem(key, path(key) + ": " + e.getMessage());
        }
    }

    /** Runs what checks values itself, and says of its complaint where in the file it comes from. */
    <T> T checked(Supplier<T> maker) {
        try {
            return maker.get();
        } catch (IllegalArgumentException | DateTimeException e) {
            throw CliException.usage(file + ": line " + node.line() + ": " + path + ": " + e.getMessage(), e);
        }
    }

    /** Says what is wrong with the value of a key. */
    CliException problem(String key, String message) {
        Yaml.Node value = node.entries().get(key);
        return CliException.usage(file + ": line " + (value == null ? node : value).line() + ": " + message);
    }

    private CliException problem(String message) {
        return CliException.usage(file + ": " + message);
    }

    private Optional<String> scalar(String key, String expected, Yaml.Node value) {
        if (!(value instanceof Yaml.Scalar scalar)) {
            throw wrongType(key, expected, value);
        }
        String where = file + ": line " + value.line() + ": " + path(key);
        return Optional.ofNullable(scalar.text()).map(text -> variables.resolve(text, where));
    }

    private Section section(String where, Yaml.Node value) {
        if (!(value instanceof Yaml.Mapping mapping)) {
            throw CliException.usage(
                    file + ": line " + value.line() + ": " + where + " must be keys and values, found " + value.kind());
        }
        return new Section(file, where, mapping, variables);
    }

    /** Says what the value of a key must be. The value is shown as the file has it, so that no variable's content is. */
    CliException wrong(String key, String expected) {
        Yaml.Node value = node.entries().get(key);
        @Nullable String written = value instanceof Yaml.Scalar scalar ? scalar.text() : null;
        return problem(key, path(key) + " must be " + expected + ", found \"" + written + "\"");
    }

    private CliException wrongType(String key, String expected, Yaml.Node found) {
        return CliException.usage(file + ": line " + found.line() + ": " + path(key) + " must be " + expected
                + ", found " + found.kind());
    }

    /** What a key is called, for messages. */
    String path(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    private static boolean isNothing(Yaml.Node value) {
        return value instanceof Yaml.Scalar scalar && scalar.text() == null;
    }
}
