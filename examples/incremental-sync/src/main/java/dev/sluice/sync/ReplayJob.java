package dev.sluice.sync;

import com.zaxxer.hikari.HikariDataSource;
import dev.sluice.PushListener;
import dev.sluice.Replay;
import dev.sluice.ReplayReport;
import dev.sluice.ReplayReport.Status;
import dev.sluice.StreamClient;
import dev.sluice.batch.Batch;
import dev.sluice.jdbc.source.TablePlan;
import dev.sluice.receipt.DeadLetter.Reason;
import dev.sluice.receipt.DeadLetterStore;
import dev.sluice.receipt.DeadLetterStore.Entry;
import dev.sluice.row.WriteMode;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;

/** One replay of chosen dead letters, by the configuration's API and, where rows are merged, its database. */
final class ReplayJob {
    private final ConfigFile config;
    private final DeadLetterStore store;
    private final Console console;
    private final StopSwitch stop;

    ReplayJob(ConfigFile config, DeadLetterStore store, Console console, StopSwitch stop) {
        this.config = config;
        this.store = store;
        this.console = console;
        this.stop = stop;
    }

    /**
     * Runs the replay, blocks until it is over, and prints what became of each letter.
     *
     * @throws CliException if the configuration is wrong, or the database is needed and cannot be reached
     */
    ReplayReport run(List<Entry> chosen, boolean acceptDuplicates, boolean force) {
        List<TablePlan> plans = config.tables();
        console.hide(config.apiKey());
        try (StreamClient client = client()) {
            stop.target(stopping(client));
            Replay replay = Replay.of(client, store)
                    .names(chosen.stream().map(Entry::name).toArray(String[]::new));
            if (acceptDuplicates) {
                replay.acceptDuplicates();
            }
            if (force) {
                replay.force();
            }
            ReplayReport report = needsSource(chosen, plans) ? withCurrentRows(replay, client, plans) : replay.run();
            print(report);
            return report;
        } catch (NoSuchElementException e) {
            // Another process has replayed it since it was listed.
            throw CliException.failed(Words.firstLine(e), e);
        }
    }

    private static boolean needsSource(List<Entry> chosen, List<TablePlan> plans) {
        return chosen.stream()
                .filter(one -> one.destination().mode() == WriteMode.MERGE)
                .anyMatch(one -> plans.stream()
                        .anyMatch(plan -> plan.mode() == WriteMode.MERGE
                                && plan.destination().equals(one.destination().table())));
    }

    private ReplayReport withCurrentRows(Replay replay, StreamClient client, List<TablePlan> plans) {
        Source source = config.source();
        config.hideSecrets(console);
        try (HikariDataSource database = source.open(Source.CONNECTIONS);
                State.Opened state = config.state().open()) {
            return config.extraction()
                    .builder(plans, database, client, state.store())
                    .build()
                    .replay(replay);
        }
    }

    private StreamClient client() {
        StreamClient.Builder client = StreamClient.builder()
                .transport(config.destination())
                .retries(config.retry())
                .deadLetters(store)
                .listener(new PushListener() {
                    @Override
                    public void retrying(Batch batch, int attempt, String reason, Duration wait) {
                        console.progress(batch.destination().table() + ": attempt " + attempt + " failed (" + reason
                                + "), the next one follows after " + Words.seconds(wait));
                    }
                });
        config.rateLimit().ifPresent(client::rateLimit);
        return client.build();
    }

    /** Whatever is on its way has its letter still. */
    private static StopSwitch.Target stopping(StreamClient client) {
        return new StopSwitch.Target() {
            @Override
            public void stop() {
                client.abort();
            }

            @Override
            public void abort() {
                client.abort();
            }
        };
    }

    private void print(ReplayReport report) {
        for (ReplayReport.Letter letter : report.letters()) {
            if (letter.status() != Status.NOT_TRIED) {
                console.result(line(letter));
            }
        }
        console.result("total: " + Words.count(report.letters().size(), "letter") + ", "
                + Words.number(report.letters(Status.REPLAYED).size()) + " replayed, "
                + Words.count(report.written(), "row") + " written, " + Words.number(report.dead()) + " dead again");
        report.staying().stream()
                .filter(letter -> letter.status() != Status.NOT_TRIED)
                .forEach(this::problem);
        int untried = report.letters(Status.NOT_TRIED).size();
        if (untried > 0) {
            console.progress(Words.count(untried, "letter") + " behind it would fail likewise and "
                    + (untried == 1 ? "was" : "were") + " not tried");
        }
        if (report.dead() > 0) {
            console.progress(Words.count(report.dead(), "row") + " could not be delivered again and "
                    + (report.dead() == 1 ? "is" : "are") + " in new letters: dead-letters list names them");
        }
    }

    private static String line(ReplayReport.Letter letter) {
        return letter.entry().name() + ": " + letter.entry().destination().table() + ", "
                + letter.status().name().toLowerCase(Locale.ROOT) + ", "
                + Words.number(letter.written()) + " of "
                + Words.count(letter.entry().rows(), "row") + " written, "
                + Words.number(letter.dead()) + " dead again"
                + (letter.gone() > 0 ? ", " + Words.number(letter.gone()) + " gone" : "");
    }

    private void problem(ReplayReport.Letter letter) {
        String line = letter.entry().name() + ": " + letter.why() + hint(letter);
        Throwable cause = letter.error();
        if (cause == null) {
            console.progress(line);
        } else {
            console.problem(line, cause);
        }
    }

    /** The option by which a letter that was skipped would be sent, or the command by which it goes. */
    private static String hint(ReplayReport.Letter letter) {
        Entry entry = letter.entry();
        boolean merges = entry.destination().mode() == WriteMode.MERGE;
        if (letter.status() != Status.SKIPPED) {
            return "";
        } else if (letter.gone() > 0) {
            return " (dead-letters remove)";
        } else if (merges && letter.why().contains("by force")) {
            return " (--force)";
        }
        boolean twice = !merges && (entry.reason() == Reason.PARTIAL || entry.reason() == Reason.UNKNOWN);
        return twice && letter.why().contains("duplicates") ? " (--accept-duplicates)" : "";
    }
}
