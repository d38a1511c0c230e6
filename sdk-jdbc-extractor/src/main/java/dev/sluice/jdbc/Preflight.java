package dev.sluice.jdbc;

import dev.sluice.jdbc.checkpoint.CheckpointStore;
import dev.sluice.jdbc.dialect.Finding;
import dev.sluice.jdbc.dialect.SourceException;
import dev.sluice.jdbc.source.DatabaseState;
import dev.sluice.jdbc.source.PageSource;
import dev.sluice.jdbc.source.TablePlan;
import dev.sluice.jdbc.source.TableProbe;
import dev.sluice.jdbc.source.Transactions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Looks for what would keep tables from being synced, or let rows be late or lost; reads only, and takes no lock. */
final class Preflight {
    private final Transactions database;
    private final CheckpointStore checkpoints;
    private final TransactionChecks transactions;

    /**
     * @param lag how far a sync stays behind where transactions cannot be seen; empty if it refuses that
     * @param longest how long a transaction may be open before it is worth a finding
     */
    Preflight(Transactions database, CheckpointStore checkpoints, Optional<Duration> lag, Duration longest) {
        this.database = database;
        this.checkpoints = checkpoints;
        this.transactions = new TransactionChecks(lag, longest);
    }

    /** What is found, by plan and then the worst first. */
    List<Finding> check(List<TablePlan> plans) {
        Optional<SourceException> unreachable = connect();
        return plans.stream()
                .flatMap(plan ->
                        unreachable.map(problem -> unreachable(plan, problem)).orElseGet(() -> check(plan)).stream())
                .toList();
    }

    private Optional<SourceException> connect() {
        try {
            database.connect();
            return Optional.empty();
        } catch (SourceException e) {
            return Optional.of(e);
        }
    }

    private List<Finding> unreachable(TablePlan plan, SourceException problem) {
        CheckFindings found = new CheckFindings(plan.source(), any -> false);
        found.error(
                FindingCode.CANNOT_CONNECT,
                String.valueOf(problem.getMessage()),
                "see that the database is running, lets this machine in and knows the user");
        return found.sorted();
    }

    private List<Finding> check(TablePlan plan) {
        CheckFindings found = new CheckFindings(plan.source(), database.dialect()::isDenied);
        if (!plan.isSnapshot()) {
            found.check("the open transactions", () -> transactions.check(DatabaseState.read(database), found));
        }
        found.check("the table", () -> table(plan, found));
        return found.sorted();
    }

    private void table(TablePlan plan, CheckFindings found) {
        Optional<TableProbe> table = TableProbe.open(database, plan);
        table.ifPresent(probe -> new StructureChecks(plan, probe, found, database.dialect()).run());
        found.check("the plan", () -> plan(plan, table, found));
        table.ifPresent(probe -> new RowChecks(plan, probe, found).run());
    }

    /** Does what a sync does first: what is refused here would be refused there, in the same words. */
    private void plan(TablePlan plan, Optional<TableProbe> table, CheckFindings found) {
        PageSource source;
        try {
            source = PageSource.open(database, plan);
        } catch (SourceException e) {
            if (e.getCause() != null) {
                throw e;
            }
            refused(String.valueOf(e.getMessage()), table, found);
            return;
        }
        table.ifPresent(probe -> new CheckpointChecks(checkpoints, plan, probe, found).run(source));
    }

    private static void refused(String reason, Optional<TableProbe> table, CheckFindings found) {
        if (table.isEmpty()) {
            found.error(FindingCode.TABLE_MISSING, reason, "correct the table's name, or GRANT this user to see it");
        } else if (!table.get().hasAllColumns()) {
            found.error(FindingCode.COLUMN_MISSING, reason, "correct the plan, or add the column to the table");
        } else if (!found.has(FindingCode.UNORDERED_KEY)) {
            found.error(FindingCode.PLAN_REFUSED, reason, "correct the plan");
        }
    }
}
