package dev.sluice.sync;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads a YAML file into nodes that know their lines; no message repeats a value, which may be a secret. */
final class Yaml {
    /** A value; its texts are as written, before any variable is put in. */
    sealed interface Node {
        int line();

        /** What it is, for messages. */
        String kind();
    }

    /** A single value; null where nothing is written. */
    record Scalar(int line, @Nullable String text) implements Node {
        @Override
        public String kind() {
            return text == null ? "nothing" : "text";
        }
    }

    /** Keys and values. */
    record Mapping(int line, Map<String, Node> entries) implements Node {
        @Override
        public String kind() {
            return "keys and values";
        }
    }

    /** A list. */
    record Sequence(int line, List<Node> items) implements Node {
        @Override
        public String kind() {
            return "a list";
        }
    }

    private static final Pattern PLACE = Pattern.compile("^ in [^,]*, (line \\d+), column", Pattern.MULTILINE);
    private static final YAMLFactory FACTORY = new YAMLFactory();

    private final YAMLParser parser;

    private Yaml(YAMLParser parser) {
        this.parser = parser;
    }

    /**
     * The one document in the text.
     *
     * @throws CliException whose message begins with the line
     */
    static Node parse(String text) {
        try (YAMLParser parser = FACTORY.createParser(text)) {
            if (parser.nextToken() == null) {
                return new Scalar(1, null);
            }
            Yaml yaml = new Yaml(parser);
            Node document = yaml.node();
            if (parser.nextToken() != null) {
                throw yaml.problem("a second document begins, only one is read");
            }
            return document;
        } catch (JsonProcessingException e) {
            throw CliException.usage(place(e) + reason(e));
        } catch (IOException e) {
            throw CliException.usage(Words.firstLine(e), e);
        }
    }

    private Node node() throws IOException {
        if (parser.isCurrentAlias()) {
            throw problem("a * begins an alias, which is not supported: put the value in quotes");
        }
        int line = line();
        JsonToken token = parser.currentToken();
        if (token == JsonToken.START_OBJECT) {
            return mapping(line);
        } else if (token == JsonToken.START_ARRAY) {
            return sequence(line);
        }
        return new Scalar(line, token == JsonToken.VALUE_NULL ? null : parser.getText());
    }

    private Node mapping(int line) throws IOException {
        Map<String, Node> entries = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            int keyLine = line();
            parser.nextToken();
            Node before = entries.put(key, node());
            if (before != null) {
                throw CliException.usage("line " + keyLine + ": the key " + key + " is there twice, first on line "
                        + before.line() + ": remove one");
            }
        }
        return new Mapping(line, entries);
    }

    private Node sequence(int line) throws IOException {
        List<Node> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            items.add(node());
        }
        return new Sequence(line, items);
    }

    private int line() {
        return parser.currentTokenLocation().getLineNr();
    }

    private CliException problem(String what) {
        return CliException.usage("line " + line() + ": " + what);
    }

    /** The last place in the parser's message is that of the mistake; the exception's own is the token's before it. */
    private static String place(JsonProcessingException e) {
        Matcher places = PLACE.matcher(e.getOriginalMessage());
        String line = "";
        while (places.find()) {
            line = places.group(1) + ": ";
        }
        return line;
    }

    /** The parser's message quotes the file in indented lines; the last line that is not indented says what is wrong. */
    private static String reason(JsonProcessingException e) {
        return "this is not YAML: "
                + e.getOriginalMessage()
                        .lines()
                        .filter(line -> !line.isBlank() && !line.startsWith(" "))
                        .reduce((first, last) -> last)
                        .orElse("it cannot be read");
    }
}
