package dev.sluice.jdbc;

import dev.sluice.jdbc.testing.MariaDb;
import dev.sluice.jdbc.testing.MySqlServer;

final class MariaDbFeatureTest extends MySqlFeatureContract {
    @Override
    MySqlServer server() {
        return MariaDb.shared();
    }
}
