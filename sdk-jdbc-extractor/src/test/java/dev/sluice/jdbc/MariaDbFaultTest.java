package dev.sluice.jdbc;

import dev.sluice.jdbc.testing.MariaDb;
import dev.sluice.jdbc.testing.MySqlServer;

final class MariaDbFaultTest extends MySqlFaultContract {
    @Override
    MySqlServer server() {
        return MariaDb.shared();
    }

    @Override
    MySqlServer open() {
        return MariaDb.open();
    }
}
