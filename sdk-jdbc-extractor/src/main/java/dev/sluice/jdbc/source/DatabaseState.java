package dev.sluice.jdbc.source;

import dev.sluice.jdbc.dialect.Activity;
import dev.sluice.jdbc.dialect.Dialect;

/**
 * What a database says of itself at one moment.
 *
 * @param activity its transactions
 * @param isReplica whether it only repeats what another server writes
 */
public record DatabaseState(Activity activity, boolean isReplica) {
    /**
     * Asks the database.
     *
     * @throws dev.sluice.jdbc.dialect.SourceException if it cannot be reached or does not tell
     */
    public static DatabaseState read(Transactions database) {
        Dialect dialect = database.dialect();
        return database.run("looking at the open transactions", connection -> {
            Activity activity = dialect.activity(connection);
            return new DatabaseState(activity, dialect.isReplica(connection));
        });
    }
}
