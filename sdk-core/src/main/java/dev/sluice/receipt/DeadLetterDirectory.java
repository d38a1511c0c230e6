package dev.sluice.receipt;

import dev.sluice.batch.Batch;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
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
        Path path = directory.resolve(name + SUFFIX);
        for (int next = 2; Files.exists(path); next++) {
            path = directory.resolve(name + "-" + next + SUFFIX);
        }
        return path;
    }
}
