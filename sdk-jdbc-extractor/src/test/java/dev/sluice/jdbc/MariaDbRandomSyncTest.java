package dev.sluice.jdbc;

import dev.sluice.jdbc.testing.MariaDb;
import dev.sluice.jdbc.testing.MySqlServer;

final class MariaDbRandomSyncTest extends MySqlRandomSyncContract {
    @Override
    MySqlServer server() {
        return MariaDb.shared();
    }

    @Override
    String time() {
        return "datetime(6)";
    }
}
