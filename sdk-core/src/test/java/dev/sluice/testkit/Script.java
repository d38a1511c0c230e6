package dev.sluice.testkit;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which fault meets which request: the next in line, or else the table's, or else the one for all. */
final class Script {
    private final Deque<Fault> next = new ArrayDeque<>();
    private final Map<String, Fault> tables = new HashMap<>();
    private Fault always = Fault.none();

    synchronized void next(List<Fault> faults) {
        next.addAll(faults);
    }

    synchronized void always(Fault fault) {
        always = fault;
    }

    synchronized void forTable(String table, Fault fault) {
        tables.put(table, fault);
    }

    synchronized void healthy(String table) {
        tables.remove(table);
    }

    synchronized void healthy() {
        next.clear();
        tables.clear();
        always = Fault.none();
    }

    /** Reads the request only when its table matters: some faults come before the reading. */
    Fault faultFor(Exchange exchange) throws IOException {
        Fault fault = nextInLine();
        if (fault != null) {
            return fault;
        }
        return of(minds() ? exchange.table() : "");
    }

    private synchronized @Nullable Fault nextInLine() {
        return next.poll();
    }

    private synchronized boolean minds() {
        return !tables.isEmpty();
    }

    private synchronized Fault of(String table) {
        return tables.getOrDefault(table, always);
    }
}
