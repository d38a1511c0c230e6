package dev.sluice.jdbc;

import dev.sluice.jdbc.dialect.Activity;
import dev.sluice.jdbc.dialect.Finding.Severity;
import dev.sluice.jdbc.source.DatabaseState;
import java.time.Duration;
import java.util.Optional;

/** Judges the transactions of a database: whether they are all seen, and how long rows wait for them. */
final class TransactionChecks {
    private final Optional<Duration> lag;
    private final Duration longest;

    /**
     * @param lag how far a sync stays behind where transactions cannot be seen; empty if it refuses that
     * @param longest how long a transaction may be open before it is worth a finding
     */
    TransactionChecks(Optional<Duration> lag, Duration longest) {
        this.lag = lag;
        this.longest = longest;
    }

    void check(DatabaseState state, CheckFindings found) {
        Activity activity = state.activity();
        if (state.isReplica()) {
            replica(found);
        } else {
            hidden(activity, found);
            open(activity, found);
        }
        if (!activity.prepared().isEmpty()) {
            found.warning(
                    FindingCode.PREPARED_TRANSACTIONS,
                    activity.prepared().size() + " prepared transactions are open, and rows younger than they wait for"
                            + " their end; a table's first sync does not begin before it, unless there is a horizon lag",
                    "commit or roll back those that nobody will: pg_prepared_xacts or XA RECOVER lists them");
        }
    }

    private void replica(CheckFindings found) {
        found.add(
                FindingCode.REPLICA,
                lag.isPresent() ? Severity.WARNING : Severity.ERROR,
                "the server repeats what another one writes, whose transactions cannot be seen here"
                        + lag.map(TransactionChecks::used).orElse(""),
                "sync from the primary, or have a horizon lag (horizonLag, horizon.lag in a file) that is longer than"
                        + " any transaction lasts and the replica is behind");
    }

    private void hidden(Activity activity, CheckFindings found) {
        String why = activity.blind();
        if (why == null) {
            return;
        }
        if (lag.isEmpty()) {
            found.told(FindingCode.TRANSACTIONS_HIDDEN, Severity.ERROR, why);
        } else {
            found.info(
                    FindingCode.TRANSACTIONS_HIDDEN,
                    "not all transactions can be seen" + used(lag.get()),
                    "see that none lasts longer, for rows of one that does are lost");
        }
    }

    private static String used(Duration lag) {
        return "; a sync stays " + Times.words(lag) + " behind the clock instead";
    }

    private void open(Activity activity, CheckFindings found) {
        Duration age = Duration.between(activity.oldest(), activity.now());
        if (age.compareTo(longest) > 0) {
            found.warning(
                    FindingCode.LONG_TRANSACTION,
                    "the oldest open transaction began " + Times.words(age)
                            + " ago, and rows younger than that wait for" + " its end",
                    "end it, or wait: pg_stat_activity or information_schema.INNODB_TRX names its session");
        }
    }
}
