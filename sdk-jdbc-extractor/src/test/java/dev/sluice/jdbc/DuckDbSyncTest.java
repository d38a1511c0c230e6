package dev.sluice.jdbc;

import dev.sluice.jdbc.testing.EmbeddedDatabase;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

final class DuckDbSyncTest extends GenericSyncContract {
    @TempDir
    Path directory;

    @Override
    EmbeddedDatabase open() {
        return EmbeddedDatabase.duckDb(directory);
    }

    @Override
    String fineType() {
        return "timestamp_ns";
    }

    @Override
    String arrayOf(String type) {
        return type.replace(" array", "[]");
    }
}
