package dev.sluice.sync;

import java.io.BufferedWriter;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;

/** Writes a file that is there as a whole or not at all. */
final class NewFile {
    private NewFile() {}

    /**
     * Writes beside the place, forces that to the disk and moves it there.
     *
     * @param content writes the lines, and says how many they are
     * @throws CliException if there is a file and it is not to be replaced, or the disk does not take it
     */
    static long write(Path file, boolean overwrite, ToLongFunction<Consumer<String>> content) {
        if (!overwrite && Files.exists(file)) {
            throw exists(file);
        }
        try {
            Path unfinished = Files.createTempFile(file.getParent(), ".export", ".tmp");
            try {
                long lines = fill(unfinished, content);
                publish(unfinished, file, overwrite);
                return lines;
            } finally {
                Files.deleteIfExists(unfinished);
            }
        } catch (FileAlreadyExistsException e) {
            throw exists(file);
        } catch (IOException e) {
            throw CliException.failed("cannot write " + file + ": " + e, e);
        }
    }

    private static long fill(Path file, ToLongFunction<Consumer<String>> content) throws IOException {
        try (FileOutputStream raw = new FileOutputStream(file.toFile());
                Writer out = new BufferedWriter(new OutputStreamWriter(raw, StandardCharsets.UTF_8))) {
            long lines = content.applyAsLong(line -> append(out, line));
            out.flush();
            raw.getFD().sync();
            return lines;
        } catch (LineException e) {
            throw e.io;
        }
    }

    private static void append(Writer out, String line) {
        try {
            out.append(line).append('\n');
        } catch (IOException e) {
            throw new LineException(e);
        }
    }

    /** A plain move is refused where there is a file by now. */
    private static void publish(Path unfinished, Path file, boolean overwrite) throws IOException {
        if (overwrite) {
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } else {
            Files.move(unfinished, file);
        }
    }

    private static CliException exists(Path file) {
        return CliException.usage("there is a file " + file + ": name another, or add --overwrite");
    }

    /** Takes an IOException through a lambda; others come from the store that is read. */
    private static final class LineException extends UncheckedIOException {
        private static final long serialVersionUID = 1L;

        private final IOException io;

        LineException(IOException io) {
            super(io);
            this.io = io;
        }
    }
}
