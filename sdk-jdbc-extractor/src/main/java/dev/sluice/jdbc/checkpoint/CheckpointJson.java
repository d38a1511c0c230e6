package dev.sluice.jdbc.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;

/** The written form of a checkpoint: JSON for people, with a version in front. */
final class CheckpointJson {
    private static final int VERSION = 2;
    private static final String VERSION_FIELD = "version";

    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            // Only a record's components are its fields.
            .disable(MapperFeature.AUTO_DETECT_IS_GETTERS)
            // A field that is missing or new means a hand-edited file or a newer version: no guessing.
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private CheckpointJson() {}

    static byte[] write(Checkpoint checkpoint) {
        ObjectNode json = MAPPER.createObjectNode();
        json.put(VERSION_FIELD, VERSION);
        json.setAll(MAPPER.<ObjectNode>valueToTree(checkpoint));
        try {
            return MAPPER.writeValueAsBytes(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a checkpoint is made of texts and numbers", e);
        }
    }

    /** Fails if it is not a checkpoint of a version that is known here. */
    static Checkpoint read(byte[] bytes) throws IOException {
        JsonNode json = MAPPER.readTree(bytes);
        if (!(json instanceof ObjectNode object)) {
            throw new IOException("it is not a JSON object");
        }
        JsonNode version = object.remove(VERSION_FIELD);
        if (version != null && version.asInt() == 1) {
            fromFirst(object);
        } else if (version == null || version.asInt() != VERSION) {
            throw new IOException("its version is " + version + ", known here are versions 1 and " + VERSION);
        }
        return MAPPER.treeToValue(object, Checkpoint.class);
    }

    /** Version 1 knew one kind of range, wrote times as PostgreSQL does, and had none of the fields that are empty here. */
    private static void fromFirst(ObjectNode object) {
        JsonNode horizon = object.path("horizon");
        if (horizon.isTextual()) {
            object.put("horizon", horizon.textValue().replace(' ', 'T').replaceFirst("\\+00$", "Z"));
        }
        for (JsonNode range : object.path("pending")) {
            boolean initial = ((ObjectNode) range).remove("initial").booleanValue();
            ((ObjectNode) range).put("phase", initial ? "FIRST" : "CHANGES").putNull("bound");
        }
        object.putNull("load").putNull("overtaken").putNull("scanned");
        object.putArray("marks");
        object.putArray("columns");
        object.putObject("prepared");
        object.putObject("recent");
    }
}
