package dev.sluice.sync;

import dev.sluice.ReplayReport;
import dev.sluice.receipt.DeadLetterStore.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Sends dead letters again. */
@Command(
        name = "replay",
        description = {
            "Sends letters again; each leaves the store when all of its rows are written, or in another letter.",
            "Letters for a merge into a configured table are sent as the rows that the source has now."
        })
final class DeadLettersReplayCommand implements Callable<Integer> {
    private final Console console;
    private final StopSwitch stop;

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Mixin
    private LetterFilter filter = new LetterFilter();

    @Parameters(arity = "0..*", paramLabel = "NAME", description = "Only these letters; all unless given.")
    private List<String> names = new ArrayList<>();

    @Option(
            names = "--accept-duplicates",
            description = "Also sends PARTIAL and UNKNOWN letters of appended tables, whose rows may come twice then.")
    private boolean acceptDuplicates;

    @Option(
            names = "--force",
            description = "Also sends letters for a merge as they are where the current rows are not known; they may"
                    + " replace newer rows.")
    private boolean force;

    DeadLettersReplayCommand(Console console, StopSwitch stop) {
        this.console = console;
        this.stop = stop;
    }

    @Override
    public Integer call() {
        ConfigFile file = config.load(console.environment());
        try (Letters letters = Letters.open(file)) {
            List<Entry> chosen = filter.chosen(Letters.named(letters.list(), names), file);
            letters.damage().filter(e -> names.isEmpty()).ifPresent(e -> console.problem(Failures.of(e), e));
            boolean whole = letters.damage().isEmpty() || !names.isEmpty();
            if (chosen.isEmpty()) {
                console.result("total: 0 letters");
                return whole ? Status.DELIVERED : Status.NOT_DELIVERED;
            }
            stop.listen(true);
            ReplayReport report =
                    new ReplayJob(file, letters.store(), console, stop).run(chosen, acceptDuplicates, force);
            return whole && report.isClean() ? Status.DELIVERED : Status.NOT_DELIVERED;
        }
    }
}
