package dev.sluice.jdbc.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The operating system's lock on a file whose text names the process that holds it. */
final class RunnerLock implements CheckpointStore.Lock {
    private static final int HOLDER_BYTES = 200;

    /**
     * The byte that is locked: far behind the text, for on some systems a locked byte cannot be read, and the next
     * runner has to read who holds it.
     */
    private static final long LOCKED_BYTE = 1L << 40;

    /**
     * The files this process has locked. The system's lock cannot tell two runners in one process apart; worse, closing
     * any channel on the file, even that of a failed try, lets go of the process's lock.
     */
    private static final Set<Path> OURS = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final FileChannel channel;

    private RunnerLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /** The directory exists. */
    static RunnerLock acquire(Path directory) {
        Path file = real(directory).resolve("lock");
        if (!OURS.add(file)) {
            throw new CheckpointException("another sync in this very process is running on " + file.getParent()
                    + "; wait for it to end, or give this one a state directory of its own");
        }
        try {
            return lock(file);
        } catch (RuntimeException e) {
            OURS.remove(file);
            throw e;
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

    private static RunnerLock lock(Path file) {
        FileChannel channel = open(file);
        try {
            if (channel.tryLock(LOCKED_BYTE, 1, false) == null) {
                String holder = holder(channel);
                throw new CheckpointException("another sync is running on " + file.getParent() + ": " + holder
                        + "; wait for it to end, or give this one a state directory of its own");
            }
            name(channel);
            return new RunnerLock(file, channel);
        } catch (IOException e) {
            closeAfter(channel, e);
            throw new CheckpointException("cannot lock " + file + ": " + e, e);
        } catch (RuntimeException e) {
            closeAfter(channel, e);
            throw e;
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new CheckpointException("cannot release the lock " + file + ": " + e, e);
        } finally {
            OURS.remove(file);
        }
    }

    private static FileChannel open(Path file) {
        try {
            return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new CheckpointException("cannot open the lock file " + file + ": " + e, e);
        }
    }

    private static void name(FileChannel channel) throws IOException {
        String holder = "process " + ProcessHandle.current().pid() + ", running since " + Instant.now();
        channel.truncate(0);
        channel.write(ByteBuffer.wrap(holder.getBytes(StandardCharsets.UTF_8)), 0);
    }

    private static String holder(FileChannel channel) throws IOException {
        ByteBuffer text = ByteBuffer.allocate(HOLDER_BYTES);
        channel.read(text, 0);
        return new String(text.array(), 0, text.position(), StandardCharsets.UTF_8).strip();
    }

    private static void closeAfter(FileChannel channel, Exception e) {
        try {
            channel.close();
        } catch (IOException closing) {
            e.addSuppressed(closing);
        }
    }
}
