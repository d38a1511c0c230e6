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
import java.util.Objects;
import java.util.Optional;

/** Checkpoints as one JSON file each, replaced as a whole at every save. */
final class FileCheckpointStore extends LockingStore<RunnerLock> {
    private static final String ENDING = ".json";
    private static final String ATTACHED = ".gz";
    private static final int MAX_NAME = 150;

    private final Path directory;

    FileCheckpointStore(Path directory) {
        this.directory = directory;
    }

    @Override
    public Optional<Checkpoint> load(String source, String destination) {
        Path file = file(source, destination);
        // Not "is it there?": a file that cannot be seen for a moment is no reason to send a table anew.
        return Files.notExists(file) ? Optional.empty() : Optional.of(read(file));
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

    @Override
    Attempt<RunnerLock> tryLock() {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new CheckpointException(
                    "cannot make the state directory " + directory + " ("
                            + e.getClass().getSimpleName() + "): name a directory that can be made and written",
                    e);
        }
        return RunnerLock.tryLock(directory);
    }

    @Override
    void save(Checkpoint checkpoint, RunnerLock lock) {
        Path file = file(checkpoint.source(), checkpoint.destination());
        replace(file, CheckpointJson.write(checkpoint), lock);
    }

    /** In a folder of the checkpoint's own, which its name without the ending names. */
    @Override
    void attach(Place place, byte[] content, RunnerLock lock) {
        Path file = file(place);
        try {
            Files.createDirectories(folder(file));
        } catch (IOException e) {
            throw new CheckpointException("cannot make the folder " + folder(file) + ": " + e, e);
        }
        replace(file, content, lock);
    }

    @Override
    Optional<byte[]> attachment(Place place) {
        Path file = file(place);
        try {
            return Files.notExists(file) ? Optional.empty() : Optional.of(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new CheckpointException("cannot read " + file + ": " + e, e);
        }
    }

    @Override
    public List<String> attachments(String source, String destination) {
        Path folder = folder(file(new Place(source, destination, "any")));
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + ATTACHED)) {
            files.forEach(file -> {
                String name = file.getFileName().toString();
                names.add(name.substring(0, name.length() - ATTACHED.length()));
            });
        } catch (IOException e) {
            throw new CheckpointException("cannot read the folder " + folder + ": " + e, e);
        }
        names.sort(null);
        return names;
    }

    @Override
    void detach(Place place, RunnerLock lock) {
        lock.check();
        Path file = file(place);
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new CheckpointException("cannot remove " + file + ": " + e, e);
        }
    }

    private void replace(Path file, byte[] content, RunnerLock lock) {
        Path unfinished = file.resolveSibling(file.getFileName() + ".tmp");
        // Before it, for the unfinished file may be the new holder's; behind it, for the pause may come now.
        lock.check();
        try {
            writeThrough(unfinished, content);
            lock.check();
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            forceDirectory(folder(file));
        } catch (IOException e) {
            removeAfter(unfinished, e);
            throw new CheckpointException(
                    "cannot save the checkpoint " + file + " (" + e + "); the one saved before it still holds", e);
        }
    }

    private static Path folder(Path file) {
        return Objects.requireNonNull(file.getParent());
    }

    private Path file(Place place) {
        String checkpoint =
                file(place.source(), place.destination()).getFileName().toString();
        String folder = checkpoint.substring(0, checkpoint.length() - ENDING.length());
        return directory.resolve(folder).resolve(place.name() + ATTACHED);
    }

    @Override
    String place() {
        return directory.toString();
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
    private static void forceDirectory(Path directory) throws IOException {
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
