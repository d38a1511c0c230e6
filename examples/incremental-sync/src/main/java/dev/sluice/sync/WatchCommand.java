package dev.sluice.sync;

import dev.sluice.jdbc.Polling;
import dev.sluice.jdbc.source.TablePlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Passes over all tables until it is stopped: what a service manager starts. */
@Command(
        name = "watch",
        description = "Delivers what changes, until Ctrl-C or SIGTERM: looks often while there are changes, seldom"
                + " while there are none.")
final class WatchCommand implements Callable<Integer> {
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
            names = "--http",
            paramLabel = "HOST:PORT",
            description = "Answers /health, /metrics and a status page there; the key http unless given. A port alone"
                    + " listens on this machine only.")
    private @Nullable String http;

    WatchCommand(Console console, StopSwitch stop) {
        this.console = console;
        this.stop = stop;
    }

    @Override
    public Integer call() {
        ConfigFile file = config.load(console.environment());
        List<TablePlan> plans = Tables.chosen(file.tables(), names);
        Polling polling = file.polling();
        Optional<HttpAddress> address = http == null ? file.http() : Optional.of(option(http));
        SyncJob job = new SyncJob(file, plans, console);
        stop.listen(true);
        return job.watch(polling, address, stop) ? Status.DELIVERED : Status.NOT_DELIVERED;
    }

    private static HttpAddress option(String text) {
        try {
            return HttpAddress.parse(text);
        } catch (IllegalArgumentException e) {
            throw CliException.usage("--http: " + Words.firstLine(e), e);
        }
    }
}
