package dev.sluice.jdbc.checkpoint;

import dev.sluice.jdbc.testing.Database;
import dev.sluice.jdbc.testing.MariaDb;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;

final class MariaDbCheckpointStoreTest extends TableCheckpointStoreTest {
    private final Database db = MariaDb.shared().newDatabase();

    @AfterEach
    void drop() {
        db.close();
    }

    @Override
    DataSource database() {
        return db.dataSource();
    }
}
