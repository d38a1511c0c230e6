package dev.sluice.jdbc.checkpoint;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

final class H2CheckpointStoreTest extends TableCheckpointStoreTest {
    @TempDir
    Path directory;

    /** Keeps the database from being closed and opened again between two calls. */
    private Connection open;

    @BeforeEach
    void open() throws SQLException {
        open = database().getConnection();
    }

    @AfterEach
    void close() throws SQLException {
        open.close();
    }

    @Override
    DataSource database() {
        return TestSource.of(() -> DriverManager.getConnection("jdbc:h2:" + directory.resolve("state")));
    }
}
