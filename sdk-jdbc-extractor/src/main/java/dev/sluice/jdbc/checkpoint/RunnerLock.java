package dev.sluice.jdbc.checkpoint;

import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The operating system's lock on a file, with a second file beside it that names the process that holds it.
 *
 * <p>That file is the fence: its text begins with a number that each new holder raises, and who does not find his own
 * text in it has lost the lock. It is not the locked file itself: to look at that and to close it again would let go of
 * the process's lock.
 */
final class RunnerLock implements LockingStore.Hold {
    private static final Pattern GENERATION = Pattern.compile("generation (\\d{1,18}): .*", Pattern.DOTALL);

    /**
     * The files this process has locked. The system's lock cannot tell two runners in one process apart; worse, closing
     * any channel on the file, even that of a failed try, lets go of the process's lock.
     */
    private static final Set<Path> OURS = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final FileChannel channel;
    private final String text;

    private RunnerLock(Path file, FileChannel channel, String text) {
        this.file = file;
        this.channel = channel;
        this.text = text;
    }

    /** Tries once; the directory exists. */
    static LockingStore.Attempt<RunnerLock> tryLock(Path directory) {
        Path file = real(directory).resolve("lock");
        if (!OURS.add(file)) {
            return new LockingStore.Attempt<>(null, holder(file));
        }
        boolean locked = false;
        try {
            LockingStore.Attempt<RunnerLock> attempt = tryFile(file);
            locked = attempt.hold() != null;
            return attempt;
        } finally {
            if (!locked) {
                OURS.remove(file);
            }
        }
    }

    /** @throws CheckpointException if the lock was lost, naming who has it now */
    void check() {
        String now = holder(file);
        if (!now.equals(text)) {
            throw new CheckpointException("another sync has taken the lock of this one (" + text + ") on "
                    + file.getParent() + ": " + now + "; nothing was saved; where several hosts share the directory,"
                    + " keep the checkpoints in a database table");
        }
    }

    @Override
    public void release() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new CheckpointException("cannot release the lock " + file + ": " + e, e);
        } finally {
            OURS.remove(file);
        }
    }

    /** One name for one file, by whichever link it was reached. */
    private static Path real(Path directory) {
        try {
            return directory.toRealPath();
        } catch (IOException e) {
            throw new CheckpointException("cannot find the state directory " + directory + ": " + e, e);
        }
    }

    private static LockingStore.Attempt<RunnerLock> tryFile(Path file) {
        FileChannel channel = open(file);
        try {
            if (channel.tryLock() == null) {
                channel.close();
                return new LockingStore.Attempt<>(null, holder(file));
            }
            String text = "generation " + (generation(holder(file)) + 1) + ": " + Runner.now();
            name(file, text);
            return new LockingStore.Attempt<>(new RunnerLock(file, channel, text), text);
        } catch (IOException e) {
            closeAfter(channel, e);
            throw new CheckpointException("cannot lock " + file + ": " + e, e);
        } catch (RuntimeException e) {
            closeAfter(channel, e);
            throw e;
        }
    }

    private static FileChannel open(Path file) {
        try {
            return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new CheckpointException("cannot open the lock file " + file + ": " + e, e);
        }
    }

    private static Path fence(Path file) {
        return file.resolveSibling("lock.holder");
    }

    /** Whole or not at all, for others read it at any moment. */
    private static void name(Path file, String text) throws IOException {
        Path unfinished = file.resolveSibling("lock.holder.tmp");
        Files.writeString(unfinished, text);
        Files.move(unfinished, fence(file), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Not through a channel: an interrupt would close that, and a checkpoint that is due would not be saved. */
    private static String holder(Path file) {
        try (FileInputStream in = new FileInputStream(fence(file).toFile())) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (FileNotFoundException e) {
            return "a process that " + fence(file) + " does not name";
        } catch (IOException e) {
            throw new CheckpointException("cannot read " + fence(file) + ": " + e, e);
        }
    }

    /** A text that is damaged or missing starts the count anew; whole texts are compared, so none counts for another. */
    private static long generation(String text) {
        Matcher matcher = GENERATION.matcher(text);
        return matcher.matches() ? Long.parseLong(matcher.group(1)) : 0;
    }

    private static void closeAfter(FileChannel channel, Exception e) {
        try {
            channel.close();
        } catch (IOException closing) {
            e.addSuppressed(closing);
        }
    }
}
