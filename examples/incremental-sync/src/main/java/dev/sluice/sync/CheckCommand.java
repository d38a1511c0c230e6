package dev.sluice.sync;

import com.zaxxer.hikari.HikariDataSource;
import dev.sluice.StreamClient;
import dev.sluice.jdbc.dialect.Finding;
import dev.sluice.jdbc.dialect.Finding.Severity;
import dev.sluice.jdbc.source.TablePlan;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Says what would keep tables from being synced; sends nothing, so that it may be asked while a sync runs. */
@Command(
        name = "check",
        description = "Looks for what would keep tables from being synced, or let rows be late or lost. Sends nothing.")
final class CheckCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Option(
            names = "--table",
            paramLabel = "NAME",
            description = "Only this table, named by its source or destination; may be given several times.")
    private List<String> names = new ArrayList<>();

    CheckCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        ConfigFile file = config.load(console.environment());
        List<TablePlan> plans = Tables.chosen(file.tables(), names);
        Source source = file.source();
        State state = file.state();
        Extraction extraction = file.extraction();
        file.hideSecrets(console);
        List<Finding> found;
        // The client is only built: no row comes to it.
        try (StreamClient client =
                        StreamClient.builder().transport(file.destination()).build();
                HikariDataSource database = source.open(Source.CONNECTIONS);
                State.Opened opened = state.open()) {
            found = extraction
                    .builder(plans, database, client, opened.store())
                    .build()
                    .check();
        }
        found.forEach(finding -> console.result(finding.toString()));
        if (found.isEmpty()) {
            console.result("no findings in " + Words.count(plans.size(), "table"));
        }
        boolean isWrong = found.stream().anyMatch(finding -> finding.severity() == Severity.ERROR);
        return isWrong ? Status.NOT_DELIVERED : Status.DELIVERED;
    }
}
