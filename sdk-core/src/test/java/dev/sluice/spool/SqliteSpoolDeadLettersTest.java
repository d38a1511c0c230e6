package dev.sluice.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.receipt.DamagedLetterException;
import dev.sluice.receipt.DeadLetter;
import dev.sluice.receipt.DeadLetterStore;
import dev.sluice.receipt.DeadLetterStoreContract;
import dev.sluice.row.Destination;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
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

    @Test
    void lists_the_others_when_a_letter_is_damaged() throws SQLException {
        DeadLetterStore store = empty();
        for (String id : List.of("b1", "b2", "b3")) {
            store.keep(letter(id, Destination.append("a.b"), DeadLetter.Reason.REJECTED, "{}"));
        }
        try (Connection database = SqliteFile.connect(folder.resolve("spool.db"));
                Statement statement = database.createStatement()) {
            statement.execute("UPDATE dead_letter SET message = 'mine' WHERE batch = 'b2'");
        }
        DamagedLetterException damage = catchThrowableOfType(DamagedLetterException.class, store::list);
        assertThat(damage).hasMessageContaining("not what was written: 2.");
        assertThat(damage.damaged()).containsExactly("2");
        assertThat(damage.readable()).extracting(one -> one.batch().value()).containsExactly("b1", "b3");
        assertThatThrownBy(() -> store.read("2")).isInstanceOf(SpoolException.Damaged.class);
    }

    @AfterEach
    void close() {
        opened.forEach(Spool::close);
    }
}
