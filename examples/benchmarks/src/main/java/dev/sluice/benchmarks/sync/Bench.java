package dev.sluice.benchmarks.sync;

import dev.sluice.benchmarks.measure.Sink;
import dev.sluice.jdbc.testing.Database;
import dev.sluice.jdbc.testing.DatabaseServer;
import dev.sluice.jdbc.testing.MySql8;
import dev.sluice.jdbc.testing.Postgres;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the parts share: options, the sink, a folder, and the servers, each started with its table when first asked for. */
final class Bench implements AutoCloseable {
    static final String TABLE = "orders";

    private final SyncOptions options;
    private final Sink sink;
    private final TemporaryFolder folder;
    private final List<String> versions = new ArrayList<>();
    private @Nullable Running postgres;
    private @Nullable Running mySql;

    /** A server with a database in it. */
    private record Running(DatabaseServer server, Database database, String user) {
        Job job(String table, long rows, Sink sink) {
            return new Job(database.url(user), table, rows, sink.url());
        }
    }

    Bench(SyncOptions options) throws IOException {
        this.options = options;
        this.sink = new Sink();
        this.folder = new TemporaryFolder();
    }

    SyncOptions options() {
        return options;
    }

    Sink sink() {
        return sink;
    }

    Path folder() {
        return folder.path();
    }

    /** The databases that were started, with their versions. */
    List<String> versions() {
        return versions;
    }

    /** The table of the usual size on PostgreSQL. */
    Job postgres() {
        return postgresServer().job(TABLE, options.rows(), sink);
    }

    /** Another table on PostgreSQL, made by {@code maker}. */
    Job postgres(String table, long rows, Maker maker) {
        Running running = postgresServer();
        Log.say("making %,d rows in %s", rows, table);
        maker.make(running.database(), table, rows);
        return running.job(table, rows, sink);
    }

    /** Makes a table. */
    @FunctionalInterface
    interface Maker {
        void make(Database database, String table, long rows);
    }

    void dropOnPostgres(String table) {
        postgresServer().database().run("DROP TABLE " + table);
    }

    /** Why there is no MySQL; empty where there is one. */
    Optional<String> noMySql() {
        return MySql8.missing().map(why -> why.lines().findFirst().orElse(why));
    }

    /** The table of the usual size on MySQL. */
    Job mySql() {
        if (mySql == null) {
            Log.say("starting MySQL, making %,d rows", options.rows());
            MySql8 server = MySql8.open();
            mySql = new Running(server, server.newDatabase(), "root");
            versions.add("MySQL " + server.version());
            SampleTable.onMySql(mySql.database(), TABLE, options.rows());
        }
        return mySql.job(TABLE, options.rows(), sink);
    }

    private Running postgresServer() {
        if (postgres == null) {
            Log.say("starting PostgreSQL, making %,d rows", options.rows());
            Postgres server = Postgres.open();
            postgres = new Running(server, server.newDatabase(), "postgres");
            versions.add("PostgreSQL " + server.version());
            SampleTable.onPostgres(postgres.database(), TABLE, options.rows());
        }
        return postgres;
    }

    @Override
    public void close() throws IOException {
        if (postgres != null) {
            postgres.server().close();
        }
        if (mySql != null) {
            mySql.server().close();
        }
        sink.close();
        folder.close();
    }
}
