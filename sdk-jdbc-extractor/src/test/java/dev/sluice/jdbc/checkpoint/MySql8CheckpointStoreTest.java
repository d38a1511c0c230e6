package dev.sluice.jdbc.checkpoint;

import dev.sluice.jdbc.testing.Database;
import dev.sluice.jdbc.testing.MySql8;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;

final class MySql8CheckpointStoreTest extends TableCheckpointStoreTest {
    private final Database db = MySql8.shared().newDatabase();

    @AfterEach
    void drop() {
        db.close();
    }

    @Override
    DataSource database() {
        return db.dataSource();
    }
}
