package dev.sluice.jdbc;

import dev.sluice.jdbc.testing.EmbeddedDatabase;

final class H2SyncTest extends GenericSyncContract {
    @Override
    EmbeddedDatabase open() {
        return EmbeddedDatabase.h2();
    }

    @Override
    String fineType() {
        return "timestamp(9)";
    }
}
