package dev.sluice.jdbc.micrometer;

import dev.sluice.jdbc.JdbcExtractor;
import dev.sluice.jdbc.TableStatus;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Shows how an extractor's tables are doing, in a Micrometer registry.
 *
 * <table>
 *   <caption>Meters, each with the tags source and table</caption>
 *   <tr><th>name</th><th>kind</th><th>what</th></tr>
 *   <tr><td>sluice.rows.extracted</td><td>counter, rows</td><td>{@link TableStatus#rows}</td></tr>
 *   <tr><td>sluice.sync.lag</td><td>gauge, seconds</td><td>{@link TableStatus#lag}; NaN while it is not known</td></tr>
 *   <tr><td>sluice.sync.errors</td><td>counter, passes</td><td>{@link TableStatus#errors}</td></tr>
 * </table>
 *
 * <p>The meters do not keep an extractor in memory: they refer to it weakly.
 */
public final class ExtractorMetrics {
    private ExtractorMetrics() {}

    /**
     * Shows the extractor's tables from now on.
     *
     * @param tags names and values, in turn, that every meter gets; extractors with the same tables that share a
     *     registry need some to be told apart
     */
    public static void watch(JdbcExtractor extractor, MeterRegistry registry, String... tags) {
        List<TableStatus> tables = extractor.status();
        for (int i = 0; i < tables.size(); i++) {
            TableStatus table = tables.get(i);
            Tags all = Tags.of(tags).and("source", table.source(), "table", table.destination());
            FunctionCounter.builder("sluice.rows.extracted", extractor, of(i, TableStatus::rows))
                    .description("Rows settled")
                    .tags(all)
                    .register(registry);
            FunctionCounter.builder("sluice.sync.errors", extractor, of(i, TableStatus::errors))
                    .description("Passes that failed")
                    .tags(all)
                    .register(registry);
            Gauge.builder("sluice.sync.lag", extractor, of(i, ExtractorMetrics::lagSeconds))
                    .description("The age of the last complete picture of a table")
                    .baseUnit("seconds")
                    .tags(all)
                    .register(registry);
        }
    }

    private static ToDoubleFunction<JdbcExtractor> of(int table, ToDoubleFunction<TableStatus> value) {
        return extractor -> value.applyAsDouble(extractor.status().get(table));
    }

    private static double lagSeconds(TableStatus table) {
        return table.lag() == null ? Double.NaN : table.lag().toNanos() / 1e9;
    }
}
