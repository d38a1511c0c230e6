package dev.sluice.sync;

import dev.sluice.jdbc.source.TablePlan;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** One pass over all tables, then exit: what cron starts. */
@Command(name = "sync", description = "Delivers what changed since the last sync, once over all tables, and exits.")
final class SyncCommand implements Callable<Integer> {
    private final Console console;
    private final StopSwitch stop;

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Option(
            names = "--table",
            paramLabel = "NAME",
            description = "Only this table, named by its source or destination; may be given several times.")
    private List<String> names = new ArrayList<>();

    SyncCommand(Console console, StopSwitch stop) {
        this.console = console;
        this.stop = stop;
    }

    @Override
    public Integer call() {
        ConfigFile file = config.load(console.environment());
        List<TablePlan> plans = Tables.chosen(file.tables(), names);
        SyncJob job = new SyncJob(file, plans, console);
        stop.listen(true);
        return job.run(console.progress(), stop).isDelivered() ? Status.DELIVERED : Status.NOT_DELIVERED;
    }
}
