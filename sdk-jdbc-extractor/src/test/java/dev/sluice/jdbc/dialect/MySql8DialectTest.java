package dev.sluice.jdbc.dialect;

import dev.sluice.jdbc.testing.MySql8;
import dev.sluice.jdbc.testing.MySqlServer;

final class MySql8DialectTest extends MySqlDialectContract {
    @Override
    MySqlServer server() {
        return MySql8.shared();
    }
}
