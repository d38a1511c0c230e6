package dev.sluice.jdbc;

import dev.sluice.jdbc.testing.MariaDb;
import dev.sluice.jdbc.testing.MySqlServer;

final class MariaDbPreflightTest extends MySqlPreflightContract {
    @Override
    MySqlServer server() {
        return MariaDb.shared();
    }
}
