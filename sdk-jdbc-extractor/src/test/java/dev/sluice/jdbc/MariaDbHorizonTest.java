package dev.sluice.jdbc;

import dev.sluice.jdbc.testing.MariaDb;
import dev.sluice.jdbc.testing.MySqlServer;

final class MariaDbHorizonTest extends MySqlHorizonContract {
    @Override
    MySqlServer server() {
        return MariaDb.shared();
    }
}
