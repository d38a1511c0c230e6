package dev.sluice.sync;

import dev.sluice.receipt.DeadLetterStore.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Forgets dead letters that nobody wants any more. */
@Command(name = "remove", description = "Removes letters with their rows, for good. Export them first to keep a copy.")
final class DeadLettersRemoveCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Parameters(arity = "1..*", paramLabel = "NAME", description = "The letters, as dead-letters list names them.")
    private List<String> names = new ArrayList<>();

    DeadLettersRemoveCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        try (Letters letters = Letters.open(config.load(console.environment()))) {
            for (Entry one : Letters.named(letters.list(), names)) {
                letters.store().remove(one.name());
                console.result(one.name() + ": removed with " + Words.count(one.rows(), "row"));
            }
            return Status.DELIVERED;
        }
    }
}
