package dev.sluice.receipt;

import dev.sluice.batch.Batch;
import dev.sluice.row.JsonWriter;
import java.io.BufferedOutputStream;
import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Dead letters as files: a line that says what happened, then one row a line. */
final class DeadLetterDirectory implements DeadLetters {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);

    /** Leaves room for what is added to a name within the 255 bytes that file systems allow. */
    private static final int MAX_NAME = 200;

    private final Path directory;
    private final Object naming = new Object();

    DeadLetterDirectory(Path directory) {
        this.directory = directory;
    }

    @Override
    public void keep(DeadLetter letter) {
        Batch batch = letter.batch();
        String name = name(letter);
        try {
            Files.createDirectories(directory);
            Path unfinished = Files.createTempFile(directory, name, ".tmp");
            try {
                write(letter, unfinished);
                publish(unfinished, name);
            } finally {
                Files.deleteIfExists(unfinished);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot keep " + batch.rows() + " dead rows of batch " + batch.id() + " in " + directory, e);
        }
    }

    /** Only what every file system takes, and nothing that leads out of the directory. */
    private static String name(DeadLetter letter) {
        Batch batch = letter.batch();
        String name =
                TIME.format(letter.lastAttempt()) + "-" + batch.destination().table() + "-" + batch.id();
        String safe = name.replaceAll("[^A-Za-z0-9._-]", "_");
        return safe.substring(0, Math.min(MAX_NAME, safe.length()));
    }

    /** One at a time, for an atomic move replaces what another thread may have put under the name meanwhile. */
    private void publish(Path file, String name) throws IOException {
        synchronized (naming) {
            Files.move(file, free(name), StandardCopyOption.ATOMIC_MOVE);
        }
        forceDirectory();
    }

    /** The move itself must reach the disk too; Windows has no such call for directories and needs none. */
    private void forceDirectory() throws IOException {
        if (File.separatorChar == '/') {
            boolean interrupted = Thread.interrupted();
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            } catch (ClosedByInterruptException e) {
                // The letter itself is kept; whoever interrupts wants an end, not certainty about the power supply.
                interrupted = true;
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }

    private Path free(String name) {
        Path path = directory.resolve(name + ".ndjson");
        for (int next = 2; Files.exists(path); next++) {
            path = directory.resolve(name + "-" + next + ".ndjson");
        }
        return path;
    }

    /** Not through a channel: an interrupt would close that, and a letter that is due would not be kept. */
    private static void write(DeadLetter letter, Path file) throws IOException {
        try (FileOutputStream raw = new FileOutputStream(file.toFile());
                OutputStream out = new BufferedOutputStream(raw)) {
            out.write(header(letter));
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

    private static byte[] header(DeadLetter letter) {
        Batch batch = letter.batch();
        JsonWriter json = new JsonWriter(512);
        json.beginObject();
        json.name("table").string(batch.destination().table());
        json.name("mode").string(batch.destination().mode().name().toLowerCase(Locale.ROOT));
        batch.destination().key().ifPresent(key -> json.name("key").string(key));
        json.name("batch").string(batch.id().value());
        json.name("reason").string(letter.reason().name());
        json.name("message").string(whole(letter.message()));
        json.name("rows").number(batch.rows());
        json.name("written").number(letter.written());
        json.name("attempts").number(letter.attempts());
        json.name("firstAttempt").string(letter.firstAttempt().toString());
        json.name("lastAttempt").string(letter.lastAttempt().toString());
        json.name("httpStatus").number(letter.httpStatus());
        if (letter.requestId() != null) {
            json.name("requestId").string(whole(letter.requestId()));
        }
        json.endObject();
        return json.copy(0, json.size());
    }

    /** The API's words may hold half of a surrogate pair; that must not keep the rows from being kept. */
    private static String whole(String words) {
        return new String(words.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }
}
