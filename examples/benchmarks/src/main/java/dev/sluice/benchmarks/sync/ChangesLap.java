package dev.sluice.benchmarks.sync;

import com.zaxxer.hikari.HikariDataSource;
import dev.sluice.StreamClient;
import dev.sluice.benchmarks.measure.ChildProcess;
import dev.sluice.jdbc.JdbcExtractor;
import dev.sluice.jdbc.SyncReport;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The child's side: one program that stays up, syncs again and again, and prints how long each pass took. */
final class ChangesLap {
    /** Which parts of the rows are changed: a thousandth, a hundredth, a tenth. */
    static final List<Integer> PARTS = List.of(1_000, 100, 10);

    /** How often each part is changed. */
    static final int TIMES = 5;

    static final int PASSES = 50;

    private static final int WARM_UP = 30;
    private static final int PATIENCE = 100;

    /** Between two passes, as a program has it: MySQL makes its list of transactions anew ten times a second at most. */
    private static final long PAUSE_MILLIS = 200;

    /** MySQL tells the age of transactions in seconds, so that rows wait for them. */
    private static final long MYSQL_WAIT_MILLIS = 3_000;

    private final Job job;
    private final HikariDataSource database;
    private final JdbcExtractor extractor;

    private ChangesLap(Job job, HikariDataSource database, JdbcExtractor extractor) {
        this.job = job;
        this.database = database;
        this.extractor = extractor;
    }

    /** Takes its job. */
    public static void main(String[] args) throws Exception {
        Job job = Job.of(Arrays.asList(args));
        TableSync sync = new TableSync(5_000, false, false);
        try (TemporaryFolder folder = new TemporaryFolder();
                HikariDataSource database = TableSync.open(job);
                StreamClient client = sync.client(job, folder.path())) {
            JdbcExtractor extractor = sync.extractor(job, database, client, folder.path(), rows -> {});
            new ChangesLap(job, database, extractor).run();
        }
        System.exit(0);
    }

    private void run() throws SQLException, InterruptedException {
        carry(job.rows());
        for (int i = 0; i < WARM_UP; i++) {
            carry(0);
        }
        for (int i = 0; i < PASSES; i++) {
            tell(0, carry(0));
        }
        for (int part : PARTS) {
            long changes = job.rows() / part;
            for (int i = 0; i < TIMES; i++) {
                change(changes);
                TimeUnit.MILLISECONDS.sleep(job.isPostgres() ? 0 : MYSQL_WAIT_MILLIS);
                tell(changes, carry(changes));
            }
        }
    }

    private static void tell(long changes, long nanos) {
        System.out.println(ChildProcess.RESULT + changes + " " + nanos);
    }

    /** Old versions of rows are cleared away before the clock starts: they are the database's affair. */
    private void change(long changes) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            int changed = statement.executeUpdate(SampleTable.change(job, changes));
            if (changed != changes) {
                throw new IllegalStateException(changed + " rows changed instead of " + changes);
            }
            if (job.isPostgres()) {
                statement.execute("VACUUM " + job.table());
            }
        }
    }

    /** The time of the passes that carry these rows: one, unless some are held back for an open transaction. */
    private long carry(long rows) throws InterruptedException {
        long carried = 0;
        long nanos = 0;
        for (int pass = 0; pass < PATIENCE; pass++) {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            long start = System.nanoTime();
            SyncReport report = extractor.syncOnce();
            long end = System.nanoTime();
            carried += report.rows();
            nanos += report.rows() > 0 || rows == 0 ? end - start : 0;
            if (!report.isClean() || carried > rows) {
                throw new IllegalStateException(carried + " rows carried of " + rows + ": " + report);
            }
            if (carried == rows) {
                return nanos;
            }
        }
        throw new IllegalStateException(carried + " rows carried of " + rows + " in " + PATIENCE + " passes");
    }
}
