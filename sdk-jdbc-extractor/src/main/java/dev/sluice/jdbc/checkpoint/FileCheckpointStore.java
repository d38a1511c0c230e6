package dev.sluice.jdbc.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.sluice.batch.BatchId;
import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Checkpoints as one JSON file each, replaced as a whole at every save. */
final class FileCheckpointStore implements CheckpointStore {
    private static final String ENDING = ".json";
    private static final int MAX_NAME = 150;

    private final Path directory;

    FileCheckpointStore(Path directory) {
        this.directory = directory;
    }

    @Override
    public Lock lock() {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new CheckpointException(
                    "cannot make the state directory " + directory + " ("
                            + e.getClass().getSimpleName() + "): name a directory that can be made and written",
                    e);
        }
        return RunnerLock.acquire(directory);
    }

    @Override
    public Optional<Checkpoint> load(String source, String destination) {
        Path file = file(source, destination);
        // Not "is it there?": a file that cannot be seen for a moment is no reason to send a table anew.
        return Files.notExists(file) ? Optional.empty() : Optional.of(read(file));
    }

    @Override
    public void save(Checkpoint checkpoint) {
        Path file = file(checkpoint.source(), checkpoint.destination());
        Path unfinished = file.resolveSibling(file.getFileName() + ".tmp");
        try {
            writeThrough(unfinished, CheckpointJson.write(checkpoint));
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            forceDirectory();
        } catch (IOException e) {
            removeAfter(unfinished, e);
            throw new CheckpointException(
                    "cannot save the checkpoint " + file + " (" + e + "); the one saved before it still holds", e);
        }
    }

    @Override
    public List<Checkpoint> list() {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        List<Checkpoint> all = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + ENDING)) {
            files.forEach(file -> all.add(read(file)));
        } catch (IOException e) {
            throw new CheckpointException("cannot read the state directory " + directory + ": " + e, e);
        }
        all.sort(Comparator.comparing(Checkpoint::source).thenComparing(Checkpoint::destination));
        return all;
    }

    private static Checkpoint read(Path file) {
        try {
            return CheckpointJson.read(Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            throw new CheckpointException("the checkpoint " + file + " was removed while it was read", e);
        } catch (IOException e) {
            String problem = e instanceof JsonProcessingException json ? json.getOriginalMessage() : e.getMessage();
            throw new CheckpointException(
                    "cannot read the checkpoint " + file + ": " + problem
                            + "; restore it from a copy, or remove it to read the table from its beginning again",
                    e);
        }
    }

    /** Names keep to letters, digits and {@code . - * _ %}, so that any table has a file and no two share one. */
    private Path file(String source, String destination) {
        String name = URLEncoder.encode(source, StandardCharsets.UTF_8) + "+to+"
                + URLEncoder.encode(destination, StandardCharsets.UTF_8);
        String safe = name.replace("*", "%2A");
        // File systems take 255 bytes; the whole names stand in the file.
        String shortened = safe.length() <= MAX_NAME
                ? safe
                : safe.substring(0, MAX_NAME) + "-" + BatchId.derived(source, destination);
        return directory.resolve(shortened + ENDING);
    }

    /** Not through a channel: an interrupt would close that, and a checkpoint that is due would not be saved. */
    private static void writeThrough(Path file, byte[] bytes) throws IOException {
        try (FileOutputStream out = new FileOutputStream(file.toFile())) {
            out.write(bytes);
            out.getFD().sync();
        }
    }

    /** On a full disk the unfinished file would take the room that is needed. */
    private static void removeAfter(Path unfinished, IOException e) {
        try {
            Files.deleteIfExists(unfinished);
        } catch (IOException stillThere) {
            e.addSuppressed(stillThere);
        }
    }

    /** The move itself must reach the disk too; Windows has no such call for directories and needs none. */
    private void forceDirectory() throws IOException {
        if (File.separatorChar == '/') {
            boolean interrupted = Thread.interrupted();
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            } catch (ClosedByInterruptException e) {
                // The move itself is made; whoever interrupts wants an end, not certainty about the power supply.
                interrupted = true;
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }
}
