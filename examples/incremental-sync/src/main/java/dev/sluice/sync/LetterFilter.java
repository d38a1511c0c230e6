package dev.sluice.sync;

import dev.sluice.jdbc.source.TablePlan;
import dev.sluice.receipt.DeadLetter;
import dev.sluice.receipt.DeadLetterStore.Entry;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** The options that choose among dead letters. */
final class LetterFilter {
    @Option(
            names = "--table",
            paramLabel = "NAME",
            description =
                    "Only letters for this table, named by its source or destination; may be given several times.")
    private List<String> tables = new ArrayList<>();

    @Option(
            names = "--reason",
            paramLabel = "REASON",
            description = "Only letters that are dead for this reason: ${COMPLETION-CANDIDATES}; may be given several"
                    + " times.")
    private List<DeadLetter.Reason> reasons = new ArrayList<>();

    List<DeadLetter.Reason> reasons() {
        return reasons;
    }

    /** The chosen ones of {@code all}. */
    List<Entry> chosen(List<Entry> all, ConfigFile config) {
        Set<String> wanted = destinations(all, config);
        return all.stream()
                .filter(one ->
                        tables.isEmpty() || wanted.contains(one.destination().table()))
                .filter(one -> reasons.isEmpty() || reasons.contains(one.reason()))
                .toList();
    }

    /** The lake's tables that were named; letters may be older than the configuration, and for tables it knows no more. */
    Set<String> destinations(List<Entry> all, ConfigFile config) {
        Set<String> wanted = new HashSet<>();
        List<TablePlan> plans = tables.isEmpty() ? List.of() : config.tables();
        for (String name : tables) {
            List<String> found = Stream.concat(
                            plans.stream().filter(plan -> isCalled(plan, name)).map(TablePlan::destination),
                            all.stream().map(one -> one.destination().table()).filter(name::equals))
                    .toList();
            if (found.isEmpty()) {
                Tables.one(plans, name);
            }
            wanted.addAll(found);
        }
        return wanted;
    }

    private static boolean isCalled(TablePlan plan, String name) {
        return plan.source().equals(name) || plan.destination().equals(name);
    }
}
