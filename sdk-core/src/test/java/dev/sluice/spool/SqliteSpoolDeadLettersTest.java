package dev.sluice.spool;

import dev.sluice.receipt.DeadLetterStore;
import dev.sluice.receipt.DeadLetterStoreContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

class SqliteSpoolDeadLettersTest extends DeadLetterStoreContract {
    @TempDir
    Path folder;

    private final Deque<Spool> opened = new ArrayDeque<>();

    @Override
    protected DeadLetterStore empty() {
        opened.push(Spool.sqlite(folder.resolve("spool.db")));
        return opened.element().deadLetters();
    }

    /** What is on the disk at this moment is what the next process finds. */
    @Override
    protected DeadLetterStore reopened(DeadLetterStore store) {
        try {
            Path copy = Files.createTempDirectory(folder, "after");
            for (String part : List.of("spool.db", "spool.db-wal")) {
                Files.copy(folder.resolve(part), copy.resolve(part));
            }
            opened.push(Spool.sqlite(copy.resolve("spool.db")));
            return opened.element().deadLetters();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterEach
    void close() {
        opened.forEach(Spool::close);
    }
}
