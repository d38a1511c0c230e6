package dev.sluice.jdbc;

import dev.sluice.jdbc.testing.MariaDb;
import dev.sluice.jdbc.testing.MySqlServer;

final class MariaDbSyncTest extends MySqlSyncContract {
    @Override
    MySqlServer server() {
        return MariaDb.shared();
    }
}
