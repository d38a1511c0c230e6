package dev.sluice.lake;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.time.temporal.Temporal;

/** How this server reads and writes JSON. */
final class Json {
    /** The body limit bounds names, numbers and strings already; only nesting is left to Jackson's own bound. */
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNameLength(Limits.BODY_BYTES)
                    .maxNumberLength(Limits.BODY_BYTES)
                    .maxStringLength(Limits.BODY_BYTES)
                    .build())
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();

    static final ObjectMapper MAPPER = new ObjectMapper(FACTORY)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .registerModule(new SimpleModule().addSerializer(Temporal.class, ToStringSerializer.instance));

    private Json() {}

    static JsonParser parser(byte[] json) throws IOException {
        return FACTORY.createParser(json);
    }

    /** Jackson lets some malformed bytes pass inside values it skips, which would then change on the way. */
    static void requireUtf8(byte[] text) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(text);
        CharBuffer out = CharBuffer.allocate(8192);
        CoderResult result = CoderResult.OVERFLOW;
        while (result.isOverflow()) {
            out.clear();
            result = decoder.decode(in, out, true);
        }
        if (result.isError()) {
            throw new Refusal(400, "the body is not UTF-8: see byte " + in.position());
        }
    }

    /** Says where, never what: Jackson's own message quotes the text it stumbled over. */
    static Refusal refusal(JsonProcessingException e) {
        if (e instanceof StreamConstraintsException) {
            return new Refusal(
                    422, "the body is nested far deeper than the " + Limits.DEPTH + " levels a row may have");
        }
        String where = e.getLocation() == null
                ? ""
                : " near line " + e.getLocation().getLineNr() + ", column "
                        + e.getLocation().getColumnNr();
        return new Refusal(400, "the body is not valid JSON" + where);
    }
}
