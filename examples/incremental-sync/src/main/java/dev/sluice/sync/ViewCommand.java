package dev.sluice.sync;

import dev.sluice.jdbc.CurrentStateView;
import dev.sluice.jdbc.dialect.Dialect;
import dev.sluice.jdbc.source.TablePlan;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints the SQL that makes the current state out of the history in the lake. */
@Command(name = "view", description = "Prints the SQL of a view that shows a table's rows as they are now.")
final class ViewCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Parameters(index = "0", paramLabel = "TABLE", description = "The table, named by its source or destination.")
    private String table = "";

    @Option(
            names = "--name",
            paramLabel = "SCHEMA.VIEW",
            description = "The view's name; silver and the destination's table unless given.")
    private @Nullable String name;

    ViewCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        ConfigFile file = config.load(console.environment());
        TablePlan plan = Tables.one(file.tables(), table);
        String view = Optional.ofNullable(name).orElseGet(() -> silver(plan));
        if (!view.matches("[^.]+\\.[^.]+")) {
            throw CliException.usage("--name must be written schema.view, such as silver.customers, found " + view);
        }
        console.result(sql(plan, view, file.dialect()).stripTrailing());
        return Status.DELIVERED;
    }

    /** {@code bronze.customers} becomes {@code silver.customers}. */
    static String silver(TablePlan plan) {
        return "silver" + plan.destination().substring(plan.destination().indexOf('.'));
    }

    /** The view's SQL, and before it that of its schema, so that it can be run as it is. */
    static String sql(TablePlan plan, String view, Dialect dialect) {
        String schema = view.substring(0, view.indexOf('.'));
        try {
            return "CREATE SCHEMA IF NOT EXISTS \"" + schema.replace("\"", "\"\"") + "\";\n"
                    + CurrentStateView.sql(plan, view, dialect);
        } catch (IllegalArgumentException e) {
            throw CliException.usage(Words.firstLine(e), e);
        }
    }
}
