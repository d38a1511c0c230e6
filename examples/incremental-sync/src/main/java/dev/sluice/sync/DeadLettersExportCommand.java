package dev.sluice.sync;

import dev.sluice.receipt.DamagedLetterException;
import dev.sluice.receipt.DeadLetterStore.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes dead letters where other tools can read them; the letters stay. */
@Command(
        name = "export",
        description = "Writes the letters' rows as newline-delimited JSON, each row with what is known of its letter.")
final class DeadLettersExportCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Mixin
    private LetterFilter filter = new LetterFilter();

    @Parameters(index = "0", paramLabel = "FILE", description = "The file to write; - for stdout.")
    private String target = "";

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "NAME",
            description = "Only these letters; all unless given.")
    private List<String> names = new ArrayList<>();

    @Option(names = "--overwrite", description = "Replaces the file if there is one.")
    private boolean overwrite;

    DeadLettersExportCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        ConfigFile file = config.load(console.environment());
        try (Letters letters = Letters.open(file)) {
            List<Entry> all = letters.list();
            List<Entry> chosen = filter.chosen(Letters.named(all, names), file);
            List<DamagedLetterException> damage =
                    new ArrayList<>(letters.damage().stream().toList());
            long rows = export(file, letters, chosen, damage);
            damage.forEach(e -> console.problem(Failures.of(e), e));
            console.progress(Words.count(rows, "row") + " exported");
            return damage.isEmpty() ? Status.DELIVERED : Status.NOT_DELIVERED;
        }
    }

    /** The spool, or one of the files beside it that belong to it. */
    private static boolean isOfSpool(Path file, Path spool) {
        String name = String.valueOf(spool.getFileName());
        String found = String.valueOf(file.getFileName());
        return isBeside(file, spool.toAbsolutePath().getParent())
                && (found.equals(name) || found.startsWith(name + "-"));
    }

    private static boolean isBeside(Path file, @Nullable Path folder) {
        Path parent = file.getParent();
        try {
            return parent != null && folder != null && Files.isSameFile(parent, folder);
        } catch (IOException e) {
            // One of them is not there, so they are not the same.
            return false;
        }
    }

    private long export(ConfigFile file, Letters letters, List<Entry> chosen, List<DamagedLetterException> damage) {
        if (target.equals("-")) {
            return LetterExport.write(letters, chosen, damage, console::result);
        }
        Path to = Path.of(target).toAbsolutePath().normalize();
        if (file.spool().isPresent() ? isOfSpool(to, file.spool().get()) : isBeside(to, file.deadLetters())) {
            throw CliException.usage(target + " lies among the dead letters themselves: name a file elsewhere");
        }
        return NewFile.write(to, overwrite, lines -> LetterExport.write(letters, chosen, damage, lines));
    }
}
