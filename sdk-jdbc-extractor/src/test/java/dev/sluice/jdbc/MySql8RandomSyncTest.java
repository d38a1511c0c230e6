package dev.sluice.jdbc;

import dev.sluice.jdbc.testing.MySql8;
import dev.sluice.jdbc.testing.MySqlServer;

final class MySql8RandomSyncTest extends MySqlRandomSyncContract {
    @Override
    MySqlServer server() {
        return MySql8.shared();
    }

    @Override
    String time() {
        return "timestamp(6)";
    }
}
