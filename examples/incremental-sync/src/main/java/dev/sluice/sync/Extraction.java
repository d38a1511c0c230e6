package dev.sluice.sync;

import dev.sluice.StreamClient;
import dev.sluice.batch.BatchPolicy;
import dev.sluice.jdbc.JdbcExtractor;
import dev.sluice.jdbc.checkpoint.CheckpointStore;
import dev.sluice.jdbc.source.TablePlan;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * How tables are read, by the configuration.
 *
 * @param pages how much at a time
 * @param lag how far behind the clock where transactions cannot be seen
 * @param maxWait how long rows wait for open transactions
 * @param queryTimeout how long a statement may take
 * @param parallelTables how many tables at once
 */
record Extraction(
        BatchPolicy pages,
        Optional<Duration> lag,
        Optional<Duration> maxWait,
        Optional<Duration> queryTimeout,
        int parallelTables) {
    private static final Duration LONGEST_QUERY = Duration.ofDays(1);

    /**
     * Reads the keys at the top of the file.
     *
     * @throws CliException if one of them is wrong
     */
    static Extraction of(Section root, BatchPolicy pages) {
        Section horizon = root.section("horizon");
        Optional<Duration> lag = horizon.time("lag");
        Optional<Duration> maxWait = horizon.time("maxWait");
        if (maxWait.isPresent() && maxWait.get().compareTo(lag.orElse(Duration.ZERO)) <= 0) {
            throw horizon.wrong("maxWait", "longer than horizon.lag, and more than nothing");
        }
        Optional<Duration> queryTimeout = root.time("queryTimeout");
        if (queryTimeout
                .filter(time -> time.isZero() || time.compareTo(LONGEST_QUERY) > 0)
                .isPresent()) {
            throw root.wrong("queryTimeout", "1ms to 24h");
        }
        int parallelTables = root.integer("parallelTables").orElse(1);
        if (parallelTables < 1) {
            throw root.wrong("parallelTables", "1 or more");
        }
        return new Extraction(pages, lag, maxWait, queryTimeout, parallelTables);
    }

    JdbcExtractor.Builder builder(
            List<TablePlan> plans, DataSource database, StreamClient client, CheckpointStore checkpoints) {
        JdbcExtractor.Builder extractor = JdbcExtractor.builder(database, client)
                .checkpoints(checkpoints)
                .pages(pages)
                .parallelTables(parallelTables);
        lag.ifPresent(extractor::horizonLag);
        maxWait.ifPresent(extractor::maxWait);
        queryTimeout.ifPresent(extractor::queryTimeout);
        plans.forEach(extractor::table);
        return extractor;
    }

    /** The most connections that syncing these tables takes at a time. */
    int connections(List<TablePlan> plans) {
        int most = plans.stream()
                .map(TablePlan::loadThreads)
                .sorted(Comparator.reverseOrder())
                .limit(parallelTables)
                .mapToInt(Integer::intValue)
                .sum();
        return Math.max(Source.CONNECTIONS, most);
    }
}
