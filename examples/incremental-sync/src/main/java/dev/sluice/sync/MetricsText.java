package dev.sluice.sync;

import dev.sluice.Health;
import dev.sluice.Ledger;
import dev.sluice.jdbc.TableStatus;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/** Writes a {@link Snapshot} in the text format of Prometheus, under the names that the libraries' meters have there. */
final class MetricsText {
    private final StringBuilder text = new StringBuilder();
    private final Snapshot snapshot;

    private MetricsText(Snapshot snapshot) {
        this.snapshot = snapshot;
    }

    static String of(Snapshot snapshot) {
        MetricsText metrics = new MetricsText(snapshot);
        metrics.tables();
        metrics.ledgers();
        metrics.api();
        return metrics.text.toString();
    }

    private void tables() {
        perTable("sluice_rows_extracted_total", "counter", "Rows settled", table -> Long.toString(table.rows()));
        perTable("sluice_sync_errors_total", "counter", "Passes that failed", table -> Long.toString(table.errors()));
        perTable(
                "sluice_sync_lag_seconds",
                "gauge",
                "The age of the last complete picture of a table",
                table -> table.lag() == null
                        ? "NaN"
                        : Double.toString(table.lag().toMillis() / 1_000.0));
        perTable(
                "sluice_table_failing",
                "gauge",
                "1 if the last pass failed",
                table -> table.error() == null ? "0" : "1");
    }

    private void ledgers() {
        perLedger("sluice_rows_delivered", "Rows that the API says are written", Ledger::delivered);
        perLedger("sluice_rows_superseded", "Rows of merges not sent for a later one's sake", Ledger::superseded);
        perLedger("sluice_rows_dead", "Rows that the dead letters hold", Ledger::dead);
        perLedger("sluice_rows_held", "Rows given up by the client, which the next pass reads again", Ledger::held);
        perLedger("sluice_rows_pending", "Rows that wait or are on their way", Ledger::pending);
    }

    private void api() {
        head("sluice_pending_bytes", "gauge", "JSON in memory, and what goes with it");
        text.append("sluice_pending_bytes ").append(snapshot.pendingBytes()).append('\n');
        head("sluice_health", "gauge", "1 for how the API answered the latest attempt");
        for (Health state : Health.values()) {
            text.append("sluice_health{state=\"")
                    .append(state.name().toLowerCase(Locale.ROOT))
                    .append("\"} ")
                    .append(state == snapshot.api() ? 1 : 0)
                    .append('\n');
        }
    }

    private void perTable(String name, String type, String help, Function<TableStatus, String> value) {
        head(name, type, help);
        for (TableStatus table : snapshot.tables()) {
            text.append(name)
                    .append("{source=\"")
                    .append(escaped(table.source()))
                    .append("\",table=\"")
                    .append(escaped(table.destination()))
                    .append("\"} ")
                    .append(value.apply(table))
                    .append('\n');
        }
    }

    private void perLedger(String name, String help, ToLongFunction<Ledger> value) {
        head(name, "gauge", help);
        snapshot.ledgers()
                .forEach((table, ledger) -> text.append(name)
                        .append("{table=\"")
                        .append(escaped(table))
                        .append("\"} ")
                        .append(value.applyAsLong(ledger))
                        .append('\n'));
    }

    private void head(String name, String type, String help) {
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    private static String escaped(String label) {
        return label.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }
}
