package dev.sluice.sync;

import com.zaxxer.hikari.HikariDataSource;
import dev.sluice.jdbc.checkpoint.CheckpointStore;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where the configuration keeps checkpoints; nothing is opened before {@link #open}. */
final class State {
    /** The table in a database, unless another one is configured. */
    static final String TABLE = "sluice_state";

    /** An open store; closing it gives back its connections. */
    record Opened(CheckpointStore store, @Nullable HikariDataSource pool) implements AutoCloseable {
        @Override
        public void close() {
            if (pool != null) {
                pool.close();
            }
        }
    }

    private final @Nullable Path folder;
    private final @Nullable Source database;
    private final String table;

    private State(@Nullable Path folder, @Nullable Source database, String table) {
        this.folder = folder;
        this.database = database;
        this.table = table;
    }

    static State folder(Path folder) {
        return new State(folder, null, TABLE);
    }

    /**
     * In a table of a database.
     *
     * @throws IllegalArgumentException if the table's name is none
     */
    static State database(Source database, String table) {
        // Only to have the name checked: it connects to nothing.
        CheckpointStore ignored = CheckpointStore.table(database.unpooled(), table);
        return new State(null, database, table);
    }

    /** Of the database; empty for a folder. */
    String secret() {
        return Optional.ofNullable(database).map(Source::secret).orElse("");
    }

    /**
     * Makes the store ready for use.
     *
     * @throws CliException if its database cannot be reached
     */
    Opened open() {
        if (database == null) {
            return new Opened(CheckpointStore.file(Objects.requireNonNull(folder)), null);
        }
        HikariDataSource pool = database.open(Source.CONNECTIONS);
        return new Opened(CheckpointStore.table(pool, table), pool);
    }

    @Override
    public String toString() {
        return folder != null ? folder.toString() : "table " + table + " of " + database;
    }
}
