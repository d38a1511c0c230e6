package dev.sluice.spool;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class SqliteSpoolContractTest extends SpoolContract {
    @TempDir
    Path directory;

    private int opened;

    @Override
    Spool open(long maxBytes) {
        return SqliteSpool.open(directory.resolve(opened++ + ".spool"), maxBytes, clock);
    }
}
