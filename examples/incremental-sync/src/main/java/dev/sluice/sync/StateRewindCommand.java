package dev.sluice.sync;

import dev.sluice.jdbc.checkpoint.Cursor;
import dev.sluice.jdbc.source.TablePlan;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Takes a table back to a place. */
@Command(
        name = "rewind",
        description = "Makes the next sync read a table from a watermark on: every row from there is sent again.")
final class StateRewindCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Parameters(index = "0", paramLabel = "TABLE", description = "The table, named by its source or destination.")
    private String table = "";

    @Parameters(
            index = "1",
            paramLabel = "CURSOR",
            description = "A watermark as in SQL, such as '2025-01-31 12:00:00+00'; its own rows are sent too.")
    private String watermark = "";

    StateRewindCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        ConfigFile file = config.load(console.environment());
        TablePlan plan = Tables.one(file.tables(), table);
        Cursor place = new SyncJob(file, List.of(plan), console).rewind(plan.source(), watermark);
        console.result(plan.source() + " -> " + plan.destination() + ": set back to " + place.watermark()
                + "; the next sync sends every row from there on again");
        return Status.DELIVERED;
    }
}
