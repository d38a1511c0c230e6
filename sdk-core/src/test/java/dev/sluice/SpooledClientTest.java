package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.spool.Spool;
import dev.sluice.transport.Reply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A client with a spool in a file, on a scripted transport and stepped time. */
abstract class SpooledClientTest extends OpenClientTest {
    static final Reply DOWN = new Reply.NotSent("connection refused");
    static final Reply SILENCE = new Reply.Unreadable("no answer", 0);

    @TempDir
    Path folder;

    Path file;
    Spool spool;

    @BeforeEach
    void useSpool() {
        file = folder.resolve("spool.db");
        reopen(file);
        settings.retries(new RetryPolicy(3, Duration.ofMillis(500), Duration.ofSeconds(30), Duration.ofMinutes(2)));
    }

    void reopen(Path path) {
        spool = Spool.sqlite(path);
        settings.spool(spool);
    }

    /** What is on the disk at this moment: what the next process finds if this one is gone without a word. */
    Spool copy() {
        try {
            Path copy = Files.createDirectory(folder.resolve("after")).resolve("spool.db");
            Files.copy(file, copy);
            Files.copy(folder.resolve("spool.db-wal"), folder.resolve("after/spool.db-wal"));
            return Spool.sqlite(copy);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The client after a crash. */
    StreamClient crashed() {
        return next(copy());
    }

    StreamClient next(Spool left) {
        return settings.spool(left)
                .crew(dispatcher -> new SteppedCrew(dispatcher, timing))
                .build();
    }

    static void drain(StreamClient client) {
        CloseReport report = Accounts.balanced(client.close(Duration.ofHours(1)));
        assertThat(report.ledger().pending()).isZero();
    }
}
