package dev.sluice.row;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.CharBuffer;
import java.util.Optional;

/** Reads JSON that others wrote: is it one row within the limits, and what is its key? */
final class JsonScan {
    private static final int UNLIMITED = Integer.MAX_VALUE;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            // Our own limits come first and name the field; Jackson's would name a setting of Jackson.
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNumberLength(UNLIMITED)
                    .maxStringLength(UNLIMITED)
                    .maxNameLength(UNLIMITED)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            // Let through here, refused below with a sentence of our own.
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            // A row stands among others in a UTF-8 body: UTF-16 or a byte order mark would spoil them all.
            .disable(JsonFactory.Feature.CHARSET_DETECTION)
            .build();

    private JsonScan() {}

    /** Checks that {@code json} is one object within the limits of a row. */
    static void check(byte[] json) {
        scan(json, 0, true);
    }

    /** Checks a value that is to stand inside an object or array of the given depth. */
    static void checkValue(byte[] json, int depth) {
        scan(json, depth, false);
    }

    /** The key of the row that is the bytes from {@code from} up to but not including {@code to}. */
    static Optional<String> key(byte[] json, int from, int to, String field) {
        try (JsonParser parser = FACTORY.createParser(json, from, to - from)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean wanted = parser.currentName().equals(field);
                JsonToken value = parser.nextToken();
                if (wanted) {
                    return canonical(parser, value, field);
                }
                parser.skipChildren();
            }
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<String> canonical(JsonParser parser, JsonToken value, String field) throws IOException {
        return switch (value) {
            case VALUE_NULL -> Optional.empty();
            case VALUE_STRING -> Optional.of('"' + parser.getText());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> Optional.of(number(parser.getText(), field));
            case VALUE_TRUE, VALUE_FALSE -> Optional.of(parser.getText());
            default -> throw InvalidRowException.at(field, "a key must be a plain value, not an object or an array");
        };
    }

    /** The one text of all numbers that are equal. */
    static String number(String text, String field) {
        try {
            return new BigDecimal(text).stripTrailingZeros().toString();
        } catch (NumberFormatException e) {
            throw InvalidRowException.at(field, "a key's exponent must be within that of a BigDecimal");
        }
    }

    private static void scan(byte[] json, int depth, boolean row) {
        try (JsonParser parser = FACTORY.createParser(json)) {
            JsonToken first = parser.nextToken();
            if (row && first != JsonToken.START_OBJECT) {
                throw InvalidRowException.at("", "must be one JSON object, found " + name(first));
            }
            if (first == null) {
                throw InvalidRowException.at("", "has no JSON in it");
            }
            value(parser, depth);
            if (parser.nextToken() != null) {
                throw InvalidRowException.at("", "has more JSON behind its end, from byte " + offset(parser));
            }
        } catch (JsonProcessingException e) {
            throw InvalidRowException.at(
                    "", "is not well-formed JSON or names a field twice, near byte " + near(e, json.length));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Walks over the value the parser stands on; {@code depth} is that of its surroundings. */
    private static void value(JsonParser parser, int depth) throws IOException {
        JsonToken token = parser.currentToken();
        if (token == JsonToken.START_OBJECT || token == JsonToken.START_ARRAY) {
            if (depth == Row.MAX_DEPTH) {
                throw InvalidRowException.at(path(parser), Limits.tooDeep());
            }
            children(parser, depth + 1);
        } else if (token == JsonToken.VALUE_NUMBER_FLOAT && parser.isNaN()) {
            throw InvalidRowException.at(path(parser), Limits.noNumber());
        } else if (token == JsonToken.VALUE_STRING) {
            checkPairs(parser);
        } else {
            parser.finishToken();
        }
    }

    private static void children(JsonParser parser, int depth) throws IOException {
        JsonToken token = parser.nextToken();
        while (token != JsonToken.END_OBJECT && token != JsonToken.END_ARRAY) {
            if (token == JsonToken.FIELD_NAME) {
                parser.nextToken();
            }
            long start = parser.currentTokenLocation().getByteOffset();
            value(parser, depth);
            if (depth == 1) {
                checkFieldSize(parser, parser.currentLocation().getByteOffset() - start);
            }
            token = parser.nextToken();
        }
    }

    /** Bytes that are UTF-8 may spell half of a pair all the same, as an escape; in names, Jackson minds it. */
    private static void checkPairs(JsonParser parser) throws IOException {
        int half = Utf8.halfOfPair(
                CharBuffer.wrap(parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength()));
        if (half >= 0) {
            throw InvalidRowException.at(path(parser), Limits.halfOfPair(half));
        }
    }

    private static void checkFieldSize(JsonParser parser, long bytes) {
        if (bytes > Row.MAX_FIELD_BYTES) {
            throw InvalidRowException.at(path(parser), Limits.fieldTooLong(bytes));
        }
    }

    private static String path(JsonParser parser) {
        return JsonPath.of(parser.getParsingContext());
    }

    private static String name(JsonToken token) {
        return token == null ? "nothing" : token.name().replace("VALUE_", "").replace("START_", "");
    }

    private static long offset(JsonParser parser) {
        return parser.currentTokenLocation().getByteOffset();
    }

    private static long near(JsonProcessingException e, int length) {
        return e.getLocation() == null ? length : e.getLocation().getByteOffset();
    }
}
