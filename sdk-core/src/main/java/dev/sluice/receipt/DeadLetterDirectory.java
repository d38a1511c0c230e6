package dev.sluice.receipt;

import dev.sluice.batch.Batch;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Dead letters as files in a directory. */
final class DeadLetterDirectory implements DeadLetterStore {
    private static final String SUFFIX = ".ndjson";

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);

    /** Leaves room for what is added to a name within the 255 bytes that file systems allow. */
    private static final int MAX_NAME = 220;

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
                DeadLetterFile.write(letter, unfinished);
                publish(unfinished, name);
            } finally {
                Files.deleteIfExists(unfinished);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot keep " + batch.rows() + " dead rows of batch " + batch.id() + " in " + directory, e);
        }
    }

    @Override
    public List<Entry> list() {
        List<Entry> letters = new ArrayList<>();
        Map<String, String> damaged = new TreeMap<>();
        for (Path file : files()) {
            String name = name(file);
            try {
                letters.add(DeadLetterFile.entry(name, file));
            } catch (NoSuchFileException gone) {
                // Somebody else has removed it since.
            } catch (IllegalArgumentException e) {
                damaged.put(name, e.getMessage());
            } catch (IOException e) {
                damaged.put(name, "it cannot be read: " + e);
            }
        }
        // A second letter of the same name has a number behind it.
        letters.sort(Comparator.comparing(Entry::lastAttempt)
                .thenComparing(letter -> letter.name().length())
                .thenComparing(Entry::name));
        if (!damaged.isEmpty()) {
            throw damaged(damaged, letters);
        }
        return letters;
    }

    @Override
    public DeadLetter read(String name) {
        return at(name, file -> DeadLetterFile.letter(name, file)).orElseThrow(() -> none(name));
    }

    /** What is not known to be a letter is not for this to delete. */
    @Override
    public void remove(String name) {
        at(name, file -> {
            Entry found = DeadLetterFile.entry(name, file);
            Files.deleteIfExists(file);
            forceDirectory();
            return found;
        });
    }

    private interface Work<T> {
        T on(Path file) throws IOException;
    }

    /** Empty if there is no letter of that name. */
    private <T> Optional<T> at(String name, Work<T> work) {
        Optional<Path> file = file(name);
        if (file.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(work.on(file.get()));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            throw damaged(Map.of(name, e.getMessage()), List.of());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot get at the dead letter " + name + " in " + directory, e);
        }
    }

    /** Empty for a name that leads out of the directory. */
    private Optional<Path> file(String name) {
        try {
            Path file = directory.resolve(name + SUFFIX);
            return directory.equals(file.getParent()) ? Optional.of(file) : Optional.empty();
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    private List<Path> files() {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(DeadLetterDirectory::isToBeALetter).toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list the dead letters in " + directory, e);
        }
    }

    private static boolean isToBeALetter(Path file) {
        String name = String.valueOf(file.getFileName());
        return !name.startsWith(".") && !name.endsWith(".tmp");
    }

    /** What is no letter goes by all of its name. */
    private static String name(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.endsWith(SUFFIX) ? name.substring(0, name.length() - SUFFIX.length()) : name;
    }

    private NoSuchElementException none(String name) {
        return new NoSuchElementException("there is no dead letter " + name + " in " + directory);
    }

    private DamagedLetterException damaged(Map<String, String> problems, List<Entry> readable) {
        String each = problems.entrySet().stream()
                .map(one -> one.getKey() + " (" + one.getValue() + ")")
                .collect(Collectors.joining(", "));
        String message = directory + " holds what is no whole dead letter: " + each
                + ". It is left as it is: mend it by hand, restore it from a copy, or move it elsewhere";
        return new DamagedLetterException(message, List.copyOf(problems.keySet()), readable);
    }

    /** Only what every file system takes, and nothing that leads out of the directory; of a long one the table is cut. */
    private static String name(DeadLetter letter) {
        Batch batch = letter.batch();
        String time = safe(TIME.format(letter.lastAttempt()));
        String table = safe(batch.destination().table());
        String id = safe(batch.id().value());
        int room = Math.max(0, MAX_NAME - time.length() - id.length());
        return time + "-" + table.substring(0, Math.min(room, table.length())) + "-" + id;
    }

    private static String safe(String text) {
        return text.replaceAll("[^A-Za-z0-9._-]", "_");
    }

    /** A link is refused where there is a file by now, whoever has put it there, another process included. */
    private void publish(Path file, String name) throws IOException {
        try {
            for (int next = 1; !link(file, place(name, next)); next++) {
                // That place is taken.
            }
        } catch (UnsupportedOperationException | FileSystemException e) {
            // Not every file system has links. An atomic move replaces what is there, so one at a time in this process.
            synchronized (naming) {
                Files.move(file, free(name), StandardCopyOption.ATOMIC_MOVE);
            }
        }
        forceDirectory();
    }

    /** False if there is a file already. */
    private static boolean link(Path file, Path place) throws IOException {
        try {
            Files.createLink(place, file);
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        }
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
        int next = 1;
        while (Files.exists(place(name, next))) {
            next++;
        }
        return place(name, next);
    }

    private Path place(String name, int number) {
        return directory.resolve(name + (number == 1 ? "" : "-" + number) + SUFFIX);
    }
}
