package dev.sluice.sync;

import dev.sluice.Health;
import dev.sluice.Ledger;
import dev.sluice.StreamClient;
import dev.sluice.jdbc.JdbcExtractor;
import dev.sluice.jdbc.TableStatus;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How a running {@code watch} is doing, at one moment.
 *
 * @param tables the tables, in the order of the configuration
 * @param ledgers where the rows for each of the lake's tables are
 * @param pendingBytes the bytes of rows in memory
 * @param api how the Stream API answered last
 */
record Snapshot(List<TableStatus> tables, Map<String, Ledger> ledgers, long pendingBytes, Health api) {
    static Snapshot of(JdbcExtractor extractor, StreamClient client) {
        List<TableStatus> tables = extractor.status();
        Map<String, Ledger> ledgers = new LinkedHashMap<>();
        tables.forEach(table -> ledgers.put(table.destination(), client.ledger(table.destination())));
        return new Snapshot(tables, ledgers, client.pendingBytes(), client.health());
    }

    /** Whether the last pass of each table went well and the API takes rows; also before the first pass. */
    boolean isHealthy() {
        return (api == Health.UP || api == Health.BUSY) && tables.stream().allMatch(table -> table.error() == null);
    }
}
