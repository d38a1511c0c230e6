package dev.sluice.row;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
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

    static Optional<String> key(byte[] json, String field) {
        try (JsonParser parser = FACTORY.createParser(json)) {
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

    private static String number(String text, String field) {
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
            throw InvalidRowException.at(path(parser), "JSON has no number for NaN and the infinities");
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

    private static void checkFieldSize(JsonParser parser, long bytes) {
        if (bytes > Row.MAX_FIELD_BYTES) {
            throw InvalidRowException.at(path(parser), Limits.fieldTooLong(bytes));
        }
    }

    private static String path(JsonParser parser) {
        StringBuilder path = new StringBuilder();
        for (JsonStreamContext at = parser.getParsingContext(); !at.inRoot(); at = at.getParent()) {
            // An object or array that has just begun has no step of its own yet.
            if (at.inArray() && at.hasCurrentIndex()) {
                path.insert(0, "[" + at.getCurrentIndex() + "]");
            } else if (at.hasCurrentName()) {
                path.insert(0, "." + at.getCurrentName());
            }
        }
        return path.indexOf(".") == 0 ? path.substring(1) : path.toString();
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
