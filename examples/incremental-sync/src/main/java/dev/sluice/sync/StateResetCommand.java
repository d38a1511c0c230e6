package dev.sluice.sync;

import dev.sluice.jdbc.checkpoint.Checkpoint;
import dev.sluice.jdbc.checkpoint.CheckpointStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Takes a table back to its beginning. */
@Command(name = "reset", description = "Makes the next sync read a table from its beginning: every row is sent again.")
final class StateResetCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Parameters(index = "0", paramLabel = "TABLE", description = "The table, named by its source or destination.")
    private String table = "";

    StateResetCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        State state = config.load(console.environment()).state();
        console.hide(state.secret());
        try (State.Opened opened = state.open()) {
            return reset(opened.store());
        }
    }

    private int reset(CheckpointStore store) {
        CheckpointStore.Lock lock = store.lock(Duration.ZERO);
        try {
            // Read under the lock: a sync that ended just before has saved something newer.
            Checkpoint before = find(store.list());
            store.save(before.reset());
            console.result(before.source() + " -> " + before.destination()
                    + ": reset to its beginning; the next sync sends every row again ("
                    + Words.count(before.rows(), "row") + " had been settled)");
            return Status.DELIVERED;
        } finally {
            lock.close();
        }
    }

    private Checkpoint find(List<Checkpoint> all) {
        List<Checkpoint> found = all.stream()
                .filter(one -> one.source().equals(table) || one.destination().equals(table))
                .toList();
        if (found.size() == 1) {
            return found.get(0);
        }
        String known = (found.isEmpty() ? all : found)
                .stream().map(one -> one.source() + " -> " + one.destination()).collect(Collectors.joining(", "));
        throw CliException.usage(
                found.isEmpty()
                        ? "table " + table + " has no checkpoint"
                                + (known.isEmpty() ? ": nothing was synced yet" : "; there are: " + known)
                        : "table " + table + " has several checkpoints, name the destination: " + known);
    }
}
