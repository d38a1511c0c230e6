package dev.sluice.sync;

import dev.sluice.batch.Batch;
import dev.sluice.receipt.DeadLetter;
import java.nio.charset.StandardCharsets;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints all that is known of one dead letter. */
@Command(name = "show", description = "Prints why a letter is dead, with the API's words, and its rows if asked.")
final class DeadLettersShowCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Parameters(index = "0", paramLabel = "NAME", description = "The letter, as dead-letters list names it.")
    private String name = "";

    @Option(names = "--rows", description = "Also prints the rows, one a line, behind an empty line.")
    private boolean rows;

    DeadLettersShowCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        try (Letters letters = Letters.open(config.load(console.environment()))) {
            DeadLetter letter = letters.read(name);
            print(letter);
            if (rows) {
                console.result("");
                print(letter.batch());
            }
            return Status.DELIVERED;
        }
    }

    private void print(DeadLetter letter) {
        Batch batch = letter.batch();
        line("name", name);
        line("destination", batch.destination().toString());
        if (!batch.destination().tags().isEmpty()) {
            line(
                    "tags",
                    new TreeMap<>(batch.destination().tags())
                            .entrySet().stream()
                                    .map(tag -> tag.getKey() + "=" + tag.getValue())
                                    .collect(Collectors.joining(", ")));
        }
        line("batch", batch.id().value());
        line("reason", letter.reason().name());
        line("message", letter.message());
        line("rows", Words.number(batch.rows()));
        line("bytes", Words.number(batch.bytes()));
        line("written", Words.number(letter.written()));
        line("attempts", Words.number(letter.attempts()));
        line("first attempt", letter.firstAttempt().toString());
        line("last attempt", letter.lastAttempt().toString());
        line("HTTP status", letter.httpStatus() == 0 ? "none" : Integer.toString(letter.httpStatus()));
        line("request", letter.requestId() == null ? "none" : letter.requestId());
    }

    /** What an API says may hold what a terminal would obey. */
    private void line(String what, String text) {
        console.result(what + ": " + text.strip().replaceAll("\\p{Cntrl}+", " "));
    }

    private void print(Batch batch) {
        for (int i = 0; i < batch.rows(); i++) {
            console.result(new String(batch.row(i), StandardCharsets.UTF_8));
        }
    }
}
