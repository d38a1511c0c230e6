package dev.sluice.sync;

import dev.sluice.jdbc.source.TablePlan;
import java.time.Duration;
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

    @Option(
            names = "--wait",
            paramLabel = "TIME",
            converter = TimeOption.class,
            defaultValue = "0s",
            description = "How long to wait for another sync on the same state to end, such as 5m; not at all unless"
                    + " given.")
    private Duration wait = Duration.ZERO;

    @Option(
            names = "--dry-run",
            description = "Only prints what a sync would read, as SQL that can be run as it is: sends nothing, saves"
                    + " nothing, and may be asked while a sync runs.")
    private boolean dryRun;

    SyncCommand(Console console, StopSwitch stop) {
        this.console = console;
        this.stop = stop;
    }

    @Override
    public Integer call() {
        ConfigFile file = config.load(console.environment());
        List<TablePlan> plans = Tables.chosen(file.tables(), names);
        SyncJob job = new SyncJob(file, plans, console).lockWait(wait);
        if (dryRun) {
            return new Previews(console).print(job.preview());
        }
        stop.listen(true);
        return job.run(console.progress(job.isOneByOne()), stop).isDelivered()
                ? Status.DELIVERED
                : Status.NOT_DELIVERED;
    }
}
