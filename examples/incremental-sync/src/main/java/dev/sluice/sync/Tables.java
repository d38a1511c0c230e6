package dev.sluice.sync;

import dev.sluice.jdbc.source.TablePlan;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Finds the tables that are named on the command line, by source or by destination. */
final class Tables {
    private Tables() {}

    /** All of them if none is named. */
    static List<TablePlan> chosen(List<TablePlan> plans, List<String> names) {
        names.forEach(name -> named(plans, name));
        return plans.stream()
                .filter(plan -> names.isEmpty() || names.stream().anyMatch(name -> isCalled(plan, name)))
                .toList();
    }

    /** The one table of that name. */
    static TablePlan one(List<TablePlan> plans, String name) {
        List<TablePlan> found = named(plans, name);
        if (found.size() > 1) {
            throw CliException.usage("table " + name + " goes to " + found.size() + " destinations, name one of them: "
                    + found.stream().map(TablePlan::destination).collect(Collectors.joining(", ")));
        }
        return found.get(0);
    }

    private static List<TablePlan> named(List<TablePlan> plans, String name) {
        List<TablePlan> found =
                plans.stream().filter(plan -> isCalled(plan, name)).toList();
        if (found.isEmpty()) {
            List<String> known = new ArrayList<>();
            plans.forEach(plan -> known.addAll(List.of(plan.source(), plan.destination())));
            throw CliException.usage(
                    "table " + name + " is not in the configuration; the nearest is " + Nearest.of(name, known));
        }
        return found;
    }

    private static boolean isCalled(TablePlan plan, String name) {
        return plan.source().equals(name) || plan.destination().equals(name);
    }
}
