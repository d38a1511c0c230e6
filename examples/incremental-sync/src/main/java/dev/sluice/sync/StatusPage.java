package dev.sluice.sync;

import dev.sluice.Ledger;
import dev.sluice.jdbc.TableStatus;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes a {@link Snapshot} as a page for people, which loads itself anew every few seconds. */
final class StatusPage {
    /** The page has no scripts and asks for nothing. */
    static final String POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

    private static final List<String> COLUMNS = List.of(
            "source", "destination", "state", "rows", "lag", "errors", "dead", "pending", "last complete", "problem");

    private StatusPage() {}

    static String of(Snapshot snapshot) {
        String rows = snapshot.tables().stream()
                .map(table -> row(table, snapshot.ledgers().get(table.destination())))
                .collect(Collectors.joining("\n"));
        return """
                <!DOCTYPE html>
                <html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="5">
                <title>Sluice: %s</title>
                <style>body{font:14px sans-serif;margin:2em}td,th{text-align:left;padding:.3em 1em .3em 0}</style>
                </head><body>
                <h1>Incremental sync: %s</h1>
                <p>Stream API: %s. <a href="/health">health</a>, <a href="/metrics">metrics</a></p>
                <table>
                <tr>%s</tr>
                %s
                </table>
                </body></html>
                """.formatted(word(snapshot), word(snapshot), escaped(snapshot.api()), cells("th", COLUMNS), rows);
    }

    private static String word(Snapshot snapshot) {
        return snapshot.isHealthy() ? "up" : "trouble";
    }

    private static String row(TableStatus table, @Nullable Ledger ledger) {
        return "<tr>"
                + cells(
                        "td",
                        List.of(
                                table.source(),
                                table.destination(),
                                table.state(),
                                Words.number(table.rows()),
                                table.lag() == null ? "" : Words.seconds(table.lag()),
                                Words.number(table.errors()),
                                ledger == null ? "" : Words.number(ledger.dead()),
                                ledger == null ? "" : Words.number(ledger.pending()),
                                table.lastSuccess() == null ? "" : table.lastSuccess(),
                                table.error() == null ? "" : HealthJson.firstLine(table)))
                + "</tr>";
    }

    private static String cells(String tag, List<?> values) {
        return values.stream()
                .map(value -> "<" + tag + ">" + escaped(value) + "</" + tag + ">")
                .collect(Collectors.joining());
    }

    private static String escaped(@Nullable Object value) {
        return String.valueOf(value)
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
