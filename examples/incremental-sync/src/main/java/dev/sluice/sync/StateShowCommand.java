package dev.sluice.sync;

import dev.sluice.jdbc.checkpoint.Checkpoint;
import dev.sluice.jdbc.checkpoint.CheckpointStore;
import dev.sluice.jdbc.checkpoint.Cursor;
import dev.sluice.jdbc.checkpoint.PendingRange;
import dev.sluice.lake.TextTable;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
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
        List<Checkpoint> all =
                CheckpointStore.file(config.load(console.environment()).state()).list();
        console.result(
                TextTable.of(COLUMNS, all.stream().map(StateShowCommand::row).toList())
                        .toString()
                        .stripTrailing());
        return Status.DELIVERED;
    }

    private static List<Object> row(Checkpoint checkpoint) {
        int pending = checkpoint.pending().stream().mapToInt(PendingRange::rows).sum();
        return List.of(
                checkpoint.source(),
                checkpoint.destination(),
                cursor(checkpoint.cursor()),
                checkpoint.rows(),
                pending,
                checkpoint.loaded() ? "yes" : "no");
    }

    private static String cursor(@Nullable Cursor cursor) {
        return cursor == null ? "beginning" : cursor.watermark() + " / " + String.join(", ", cursor.key());
    }
}
