package dev.sluice.testkit;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** How this server reads and writes JSON. */
final class Json {
    /** The body's limit bounds names, numbers and texts already; only nesting is left to Jackson's own bound. */
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNameLength(Rules.BODY_BYTES)
                    .maxNumberLength(Rules.BODY_BYTES)
                    .maxStringLength(Rules.BODY_BYTES)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /** Fractions keep their digits: a price of 12.50 is found as it was sent. */
    static final ObjectMapper MAPPER = JsonMapper.builder(FACTORY)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Json() {}

    static JsonParser parser(byte[] json) throws IOException {
        return FACTORY.createParser(json);
    }

    static void requireUtf8(byte[] text) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text));
        } catch (CharacterCodingException e) {
            throw new Refusal(400, "the body is not UTF-8");
        }
    }

    /** Says where, never what: Jackson's own message quotes the text it stumbled over. */
    static Refusal refusal(JsonProcessingException e) {
        if (e instanceof StreamConstraintsException) {
            return new Refusal(422, "the body is nested far deeper than the " + Rules.DEPTH + " levels of a row");
        }
        String where =
                e.getLocation() == null ? "" : " near byte " + e.getLocation().getByteOffset();
        return new Refusal(400, "the body is not valid JSON, or names a field twice" + where);
    }
}
