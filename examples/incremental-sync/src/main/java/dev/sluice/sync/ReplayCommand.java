package dev.sluice.sync;

import dev.sluice.jdbc.source.TablePlan;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Sends a stretch of a table again. */
@Command(
        name = "replay",
        description = {
            "Sends the rows of a table again whose watermark lies in a stretch, as they are now.",
            "The table's cursor stays where it is; rows that no sync has sent yet are left out."
        })
final class ReplayCommand implements Callable<Integer> {
    private final Console console;
    private final StopSwitch stop;

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Parameters(index = "0", paramLabel = "TABLE", description = "The table, named by its source or destination.")
    private String table = "";

    @Parameters(
            index = "1",
            paramLabel = "FROM",
            description = "The first watermark, as in SQL, such as '2025-01-31 12:00:00+00'.")
    private String from = "";

    @Parameters(index = "2", paramLabel = "TO", description = "The first watermark behind the stretch.")
    private String to = "";

    ReplayCommand(Console console, StopSwitch stop) {
        this.console = console;
        this.stop = stop;
    }

    @Override
    public Integer call() {
        ConfigFile file = config.load(console.environment());
        TablePlan plan = Tables.one(file.tables(), table);
        SyncJob job = new SyncJob(file, List.of(plan), console);
        stop.listen(true);
        return job.resend(plan.source(), from, to, stop).isDelivered() ? Status.DELIVERED : Status.NOT_DELIVERED;
    }
}
