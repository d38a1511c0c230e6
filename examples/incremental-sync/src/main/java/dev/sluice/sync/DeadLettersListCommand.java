package dev.sluice.sync;

import dev.sluice.receipt.DeadLetterStore.Entry;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Prints one line for each dead letter, without its rows. */
@Command(name = "list", description = "Prints each dead letter's name, table, reason and number of rows.")
final class DeadLettersListCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Mixin
    private LetterFilter filter = new LetterFilter();

    DeadLettersListCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        ConfigFile file = config.load(console.environment());
        try (Letters letters = Letters.open(file)) {
            List<Entry> chosen = filter.chosen(letters.list(), file);
            chosen.forEach(one -> console.result(line(one)));
            console.result("total: " + Words.count(chosen.size(), "letter") + " with "
                    + Words.count(chosen.stream().mapToLong(Entry::rows).sum(), "row"));
            letters.damage().ifPresent(e -> console.problem(Failures.of(e), e));
            return letters.damage().isPresent() ? Status.NOT_DELIVERED : Status.DELIVERED;
        }
    }

    private static String line(Entry one) {
        return one.name() + ": " + one.destination() + ", " + one.reason() + ", " + Words.count(one.rows(), "row")
                + (one.written() > 0 ? " (" + Words.number(one.written()) + " of them written)" : "") + ", "
                + Words.count(one.attempts(), "attempt") + " until " + one.lastAttempt();
    }
}
