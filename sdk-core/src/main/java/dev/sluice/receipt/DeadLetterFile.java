package dev.sluice.receipt;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.sluice.batch.Batch;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.CharConversionException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** One dead letter in a file: a line that says what happened, then one row a line. */
final class DeadLetterFile {
    /** A longer first line is none of ours: an API's words are cut off long before. */
    private static final int MAX_HEADER = 1_000_000;

    /** Rows were held to the API's limits when they were made; here it only counts that they are JSON. */
    private static final JsonFactory ROWS = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .build())
            .disable(JsonFactory.Feature.CHARSET_DETECTION)
            .build();

    private DeadLetterFile() {}

    /** Not through a channel: an interrupt would close that, and a letter that is due would not be kept. */
    static void write(DeadLetter letter, Path file) throws IOException {
        try (FileOutputStream raw = new FileOutputStream(file.toFile());
                OutputStream out = new BufferedOutputStream(raw)) {
            out.write(DeadLetterHeader.write(letter));
            out.write('\n');
            for (int i = 0; i < letter.batch().rows(); i++) {
                out.write(oneLine(letter.batch().row(i)));
                out.write('\n');
            }
            out.flush();
            raw.getFD().sync();
        }
    }

    /** In well-formed JSON a line break stands between tokens only, never inside a value. */
    private static byte[] oneLine(byte[] json) {
        for (int i = 0; i < json.length; i++) {
            if (json[i] == '\n' || json[i] == '\r') {
                json[i] = ' ';
            }
        }
        return json;
    }

    /**
     * What the first line tells.
     *
     * @throws IllegalArgumentException that says what is wrong with it
     */
    static DeadLetterStore.Entry entry(String name, Path file) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(512);
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
                line.write(next);
                if (line.size() > MAX_HEADER) {
                    throw new IllegalArgumentException("its first line has more than " + MAX_HEADER + " bytes");
                }
            }
        }
        return DeadLetterHeader.read(name, line.toByteArray());
    }

    /**
     * The whole letter.
     *
     * @throws IllegalArgumentException that says what is wrong with it
     */
    static DeadLetter letter(String name, Path file) throws IOException {
        byte[] all = Files.readAllBytes(file);
        int header = lineEnd(all, 0);
        DeadLetterStore.Entry entry = DeadLetterHeader.read(name, Arrays.copyOf(all, header));
        return new DeadLetter(
                batch(entry, Arrays.copyOfRange(all, Math.min(header + 1, all.length), all.length)),
                entry.reason(),
                entry.message(),
                entry.written(),
                entry.attempts(),
                entry.firstAttempt(),
                entry.lastAttempt(),
                entry.httpStatus(),
                entry.requestId());
    }

    /** Turns the lines, in their place, into rows with commas between them. */
    private static Batch batch(DeadLetterStore.Entry entry, byte[] lines) throws IOException {
        int[] sizes = new int[entry.rows()];
        int start = 0;
        for (int row = 0; row < sizes.length; row++) {
            int end = lineEnd(lines, start);
            if (!isObject(lines, start, end - start)) {
                throw new IllegalArgumentException("row " + row + " of " + sizes.length
                        + (start < lines.length ? " is no JSON object in one line" : " is missing"));
            }
            sizes[row] = end - start;
            if (end < lines.length) {
                lines[end] = ',';
            }
            start = end + 1;
        }
        if (start < lines.length) {
            throw new IllegalArgumentException("it goes on behind the last of its " + sizes.length + " rows");
        }
        return Batch.restore(entry.batch(), entry.destination(), Arrays.copyOf(lines, start - 1), sizes);
    }

    private static int lineEnd(byte[] bytes, int from) {
        int end = Math.min(from, bytes.length);
        while (end < bytes.length && bytes[end] != '\n') {
            end++;
        }
        return end;
    }

    private static boolean isObject(byte[] bytes, int from, int length) throws IOException {
        if (length <= 0) {
            return false;
        }
        try (JsonParser parser = ROWS.createParser(bytes, from, length)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return false;
            }
            parser.skipChildren();
            return parser.currentToken() == JsonToken.END_OBJECT && parser.nextToken() == null;
        } catch (JsonProcessingException | CharConversionException e) {
            return false;
        }
    }
}
