package dev.sluice.lake;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Takes a JSON body apart into the bytes of its two members.
 *
 * <pre>
 * {"data": DATA, "config": CONFIG}
 * </pre>
 */
final class Envelope {
    private final byte[] data;
    private final byte[] config;

    private Envelope(byte[] data, byte[] config) {
        this.data = data;
        this.config = config;
    }

    byte[] data() {
        return data;
    }

    byte[] config() {
        return config;
    }

    static Envelope parse(byte[] body) throws IOException {
        Map<String, byte[]> members = new HashMap<>();
        try (JsonParser parser = Json.parser(body)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new Refusal(400, "the body must be an object: {\"data\": ..., \"config\": {\"table\": ...}}");
            }
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                member(parser, body, members);
            }
            if (parser.nextToken() != null) {
                throw new Refusal(400, "the body goes on after its object");
            }
        }
        return new Envelope(required(members, "data"), required(members, "config"));
    }

    private static void member(JsonParser parser, byte[] body, Map<String, byte[]> members) throws IOException {
        String name = parser.currentName();
        if (!name.equals("data") && !name.equals("config")) {
            throw new Refusal(400, "unknown member \"" + name + "\" beside data and config");
        }
        parser.nextToken();
        int start = (int) parser.currentTokenLocation().getByteOffset();
        parser.skipChildren();
        parser.finishToken();
        int end = (int) parser.currentLocation().getByteOffset();
        if (members.put(name, Arrays.copyOfRange(body, start, end)) != null) {
            throw new Refusal(400, "the body has " + name + " twice");
        }
    }

    private static byte[] required(Map<String, byte[]> members, String name) {
        byte[] value = members.get(name);
        if (value == null) {
            throw new Refusal(400, "the body has no " + name + ": send {\"data\": ..., \"config\": {\"table\": ...}}");
        }
        return value;
    }
}
