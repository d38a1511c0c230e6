package dev.sluice.sync;

import dev.sluice.jdbc.checkpoint.Checkpoint;
import dev.sluice.jdbc.checkpoint.Chunk;
import dev.sluice.jdbc.checkpoint.Load;
import dev.sluice.jdbc.checkpoint.PendingRange;
import dev.sluice.lake.TextTable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Prints every checkpoint; reads only, so that it may be asked while a sync runs. */
@Command(name = "show", description = "Prints how far each table has come.")
final class StateShowCommand implements Callable<Integer> {
    private static final List<String> COLUMNS = List.of("source", "destination", "cursor", "rows", "pending", "loaded");

    private final Console console;

    @Mixin
    private ConfigOption config = new ConfigOption();

    StateShowCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        State state = config.load(console.environment()).state();
        console.hide(state.secret());
        List<Checkpoint> all;
        try (State.Opened opened = state.open()) {
            all = opened.store().list();
        }
        console.result(
                TextTable.of(COLUMNS, all.stream().map(StateShowCommand::row).toList())
                        .toString()
                        .stripTrailing());
        all.forEach(this::tellMore);
        return Status.DELIVERED;
    }

    private static List<Object> row(Checkpoint checkpoint) {
        int pending = checkpoint.pending().stream().mapToInt(PendingRange::rows).sum();
        return List.of(
                checkpoint.source(),
                checkpoint.destination(),
                Words.place(checkpoint.cursor()),
                checkpoint.rows(),
                pending,
                loaded(checkpoint));
    }

    private static String loaded(Checkpoint checkpoint) {
        Load load = checkpoint.load();
        if (load == null) {
            return checkpoint.loaded() ? "yes" : "no";
        }
        long done = load.chunks().stream().filter(Chunk::done).count();
        return done + " of " + Words.count(load.chunks().size(), "chunk");
    }

    /** A line for each table of which there is more to say than all tables have. */
    private void tellMore(Checkpoint checkpoint) {
        List<String> more = new ArrayList<>();
        if (checkpoint.overtaken() != null) {
            more.add("to be read again from " + checkpoint.overtaken().from() + " to "
                    + checkpoint.overtaken().to() + ", for transactions were open");
        }
        if (!checkpoint.marks().isEmpty()) {
            more.add(Words.count(checkpoint.marks().size(), "mark") + ", the last one of "
                    + checkpoint.marks().get(checkpoint.marks().size() - 1).time());
        }
        if (!checkpoint.prepared().isEmpty()) {
            more.add(Words.count(checkpoint.prepared().size(), "prepared transaction") + " open");
        }
        if (!checkpoint.recent().isEmpty()) {
            more.add(Words.count(checkpoint.recent().size(), "row") + " remembered, not to be sent twice");
        }
        if (checkpoint.scanned() != null) {
            more.add("deleted rows last looked for at " + checkpoint.scanned());
        }
        if (!more.isEmpty()) {
            console.result(checkpoint.source() + " -> " + checkpoint.destination() + ": " + String.join("; ", more));
        }
    }
}
