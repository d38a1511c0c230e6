package dev.sluice.jdbc.dialect;

import dev.sluice.jdbc.testing.MariaDb;
import dev.sluice.jdbc.testing.MySqlServer;

final class MariaDbDialectTest extends MySqlDialectContract {
    @Override
    MySqlServer server() {
        return MariaDb.shared();
    }
}
