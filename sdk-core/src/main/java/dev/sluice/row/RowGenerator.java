package dev.sluice.row;

import com.fasterxml.jackson.core.Base64Variant;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.ObjectCodec;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.StreamWriteCapability;
import com.fasterxml.jackson.core.base.GeneratorBase;
import com.fasterxml.jackson.core.json.JsonWriteContext;
import com.fasterxml.jackson.core.util.JacksonFeatureSet;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Lets Jackson write into a {@link JsonWriter}, keeping the limits of a row on the way: a record gives the bytes of an
 * equal map, and nothing is read a second time.
 *
 * <p>What a serializer hands over as JSON of its own making is checked before it is taken.
 */
final class RowGenerator extends GeneratorBase {
    private static final int NOT_IN_A_FIELD = -1;

    private final JsonWriter out;
    private final FieldNames rowNames = new FieldNames(null);
    private @Nullable FieldNames names;
    private int depth;
    private int fieldStart = NOT_IN_A_FIELD;
    private boolean object;

    /** The depth is that of the object or array around the value that is to be written; 0 for a row. */
    RowGenerator(ObjectCodec codec, JsonWriter out, int depth) {
        super(0, codec, null, JsonWriteContext.createRootContext(null));
        this.out = out;
        this.depth = depth;
    }

    /** Makes ready for another row, keeping what the last one needed. */
    RowGenerator again() {
        _writeContext.reset(JsonStreamContext.TYPE_ROOT);
        rowNames.clear();
        fieldStart = NOT_IN_A_FIELD;
        object = false;
        return this;
    }

    /** Whether what was written is an object. */
    boolean wroteObject() {
        return object;
    }

    /** Whether exactly one whole value was written. */
    boolean isWhole() {
        return _writeContext.inRoot() && _writeContext.getEntryCount() == 1;
    }

    @Override
    public void writeStartObject() throws IOException {
        begin("start an object");
        object |= _writeContext.inRoot();
        deeper();
        _writeContext = _writeContext.createChildObjectContext();
        names = names == null && depth == 1 ? rowNames : new FieldNames(names);
        out.beginObject();
    }

    @Override
    public void writeEndObject() throws IOException {
        if (names == null || !_writeContext.inObject() || out.awaitsValue()) {
            _reportError("no object to end here");
            return;
        }
        endField();
        _writeContext = _writeContext.clearAndGetParent();
        names = names.outer();
        depth--;
        out.endObject();
    }

    @Override
    public void writeStartArray() throws IOException {
        begin("start an array");
        deeper();
        _writeContext = _writeContext.createChildArrayContext();
        out.beginArray();
    }

    @Override
    public void writeEndArray() throws IOException {
        if (!_writeContext.inArray()) {
            _reportError("no array to end here");
        }
        _writeContext = _writeContext.clearAndGetParent();
        depth--;
        out.endArray();
    }

    @Override
    public void writeFieldName(String name) throws IOException {
        endField();
        if (names == null || _writeContext.writeFieldName(name) == JsonWriteContext.STATUS_EXPECT_VALUE) {
            _reportError("no place for a name");
            return;
        }
        if (!names.add(name)) {
            throw refused(Limits.twice());
        }
        try {
            out.name(name);
        } catch (UnwritableException e) {
            throw refused(String.valueOf(e.getMessage()));
        }
        if (depth == 1) {
            fieldStart = out.size();
        }
    }

    @Override
    public void writeString(@Nullable String text) throws IOException {
        if (text == null) {
            writeNull();
            return;
        }
        begin(WRITE_STRING);
        try {
            out.string(text);
        } catch (UnwritableException e) {
            throw refused(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public void writeString(char[] text, int from, int length) throws IOException {
        writeString(new String(text, from, length));
    }

    @Override
    public void writeString(Reader reader, int length) throws IOException {
        StringWriter text = new StringWriter();
        reader.transferTo(text);
        writeString(length < 0 ? text.toString() : text.getBuffer().substring(0, length));
    }

    @Override
    public void writeUTF8String(byte[] utf8, int from, int length) throws IOException {
        byte[] text = Arrays.copyOfRange(utf8, from, from + length);
        Utf8.check(text);
        writeString(new String(text, StandardCharsets.UTF_8));
    }

    @Override
    public void writeBinary(Base64Variant variant, byte[] data, int from, int length) throws IOException {
        begin(WRITE_BINARY);
        out.token(variant.encode(Arrays.copyOfRange(data, from, from + length), true));
    }

    @Override
    public int writeBinary(Base64Variant variant, InputStream data, int length) throws IOException {
        byte[] bytes = length < 0 ? data.readAllBytes() : data.readNBytes(length);
        writeBinary(variant, bytes, 0, bytes.length);
        return bytes.length;
    }

    void writeInstant(Instant instant) throws IOException {
        begin(WRITE_STRING);
        Times.write(instant, out);
    }

    @Override
    public void writeNumber(int number) throws IOException {
        writeNumber((long) number);
    }

    @Override
    public void writeNumber(long number) throws IOException {
        begin(WRITE_NUMBER);
        out.number(number);
    }

    @Override
    public void writeNumber(double number) throws IOException {
        begin(WRITE_NUMBER);
        if (!Double.isFinite(number)) {
            throw refused(Limits.noNumber());
        }
        out.number(number);
    }

    @Override
    public void writeNumber(float number) throws IOException {
        begin(WRITE_NUMBER);
        if (!Float.isFinite(number)) {
            throw refused(Limits.noNumber());
        }
        out.number(number);
    }

    @Override
    public void writeNumber(@Nullable BigDecimal number) throws IOException {
        if (number == null) {
            writeNull();
            return;
        }
        begin(WRITE_NUMBER);
        out.number(number);
    }

    @Override
    public void writeNumber(@Nullable BigInteger number) throws IOException {
        if (number == null) {
            writeNull();
            return;
        }
        begin(WRITE_NUMBER);
        out.number(number);
    }

    @Override
    public void writeNumber(String number) throws IOException {
        json(number);
    }

    @Override
    public void writeBoolean(boolean value) throws IOException {
        begin(WRITE_BOOLEAN);
        out.bool(value);
    }

    @Override
    public void writeNull() throws IOException {
        begin(WRITE_NULL);
        out.nullValue();
    }

    @Override
    public void writeRawValue(String json) throws IOException {
        json(json);
    }

    @Override
    public void writeRawValue(SerializableString json) throws IOException {
        json(json.getValue());
    }

    @Override
    public void writeRawValue(String json, int from, int length) throws IOException {
        json(json.substring(from, from + length));
    }

    @Override
    public void writeRawValue(char[] json, int from, int length) throws IOException {
        json(new String(json, from, length));
    }

    @Override
    public void writeRawUTF8String(byte[] escaped, int from, int length) throws IOException {
        json('"' + new String(escaped, from, length, StandardCharsets.UTF_8) + '"');
    }

    @Override
    public void writeRaw(String text) throws IOException {
        piece();
    }

    @Override
    public void writeRaw(String text, int from, int length) throws IOException {
        piece();
    }

    @Override
    public void writeRaw(char[] text, int from, int length) throws IOException {
        piece();
    }

    @Override
    public void writeRaw(char c) throws IOException {
        piece();
    }

    @Override
    public JacksonFeatureSet<StreamWriteCapability> getWriteCapabilities() {
        return DEFAULT_TEXTUAL_WRITE_CAPABILITIES;
    }

    @Override
    public void flush() {}

    @Override
    protected void _releaseBuffers() {}

    @Override
    protected void _verifyValueWrite(String what) throws IOException {
        begin(what);
    }

    private void begin(String what) throws IOException {
        if (_writeContext.writeValue() == JsonWriteContext.STATUS_EXPECT_NAME) {
            _reportError("cannot " + what + " where a name is due");
        }
    }

    private void deeper() {
        if (depth == Row.MAX_DEPTH) {
            throw refused(Limits.tooDeep());
        }
        depth++;
    }

    /** Only the row's own fields are measured. */
    private void endField() {
        if (depth == 1 && fieldStart != NOT_IN_A_FIELD) {
            int bytes = out.size() - fieldStart;
            if (bytes > Row.MAX_FIELD_BYTES) {
                throw refused(Limits.fieldTooLong(bytes));
            }
        }
    }

    /** A whole value that a serializer made by itself. */
    private void json(String text) throws IOException {
        begin(WRITE_RAW);
        try {
            byte[] json = Utf8.bytes(text);
            JsonScan.checkValue(json, depth);
            out.raw(json);
        } catch (InvalidRowException e) {
            throw e.within(JsonPath.of(_writeContext));
        }
    }

    /** Neither commas nor limits could be kept between pieces of who knows what. */
    private void piece() throws IOException {
        _reportError("pieces of JSON are not taken, only whole values (writeRawValue)");
    }

    private InvalidRowException refused(String problem) {
        return InvalidRowException.at(JsonPath.of(_writeContext), problem);
    }
}
