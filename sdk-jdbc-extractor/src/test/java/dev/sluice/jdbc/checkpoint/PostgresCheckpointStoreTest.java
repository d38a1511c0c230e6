package dev.sluice.jdbc.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.jdbc.TestDatabase;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class PostgresCheckpointStoreTest extends TableCheckpointStoreTest {
    private final TestDatabase db = new TestDatabase();

    @AfterEach
    void drop() {
        db.close();
    }

    @Override
    DataSource database() {
        return db.dataSource();
    }

    @Test
    void takes_over_from_a_process_that_was_killed() throws Exception {
        Process other = OtherProcess.start(Holder.class, url());
        try {
            assertThat(OtherProcess.firstLine(other)).isEqualTo("locked");
            assertThatThrownBy(() -> store().lock(Duration.ZERO))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("process " + other.pid());
        } finally {
            other.destroyForcibly().waitFor();
        }
        long start = System.nanoTime();
        TableCheckpointStore next = store();
        CheckpointStore.Lock lock = next.lock(LONG);
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isLessThan(SHORT.lease().plusSeconds(3));
        next.save(full("a.b", "c.d"));
        lock.close();
    }

    @Test
    void tells_what_to_run_when_it_may_not_make_its_tables() {
        db.run("CREATE ROLE guest LOGIN");
        try {
            CheckpointStore guests =
                    new TableCheckpointStore(db.dataSource("guest"), "sluice_state", Lease.Times.DEFAULT);
            assertThatThrownBy(() -> guests.lock(Duration.ZERO))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("permission denied")
                    .hasMessageContaining("CREATE TABLE IF NOT EXISTS sluice_state (");
            store().lock(Duration.ZERO).close();
            db.run("GRANT SELECT, INSERT, UPDATE ON sluice_state, sluice_state_lock TO guest");
            CheckpointStore.Lock lock = guests.lock(Duration.ZERO);
            guests.save(full("a.b", "c.d"));
            lock.close();
        } finally {
            db.run("DROP OWNED BY guest", "DROP ROLE guest");
        }
    }

    @Test
    void takes_nothing_over_early_when_sessions_live_in_other_time_zones() throws SQLException {
        try (Connection east = database().getConnection()) {
            db.run("ALTER DATABASE " + east.getCatalog() + " SET TimeZone = 'Pacific/Kiritimati'");
        }
        CheckpointStore.Lock lock = store(LONG_TIMES).lock(Duration.ZERO);
        db.run("ALTER DATABASE " + db.one("SELECT current_database()") + " SET TimeZone = 'Pacific/Pago_Pago'");
        assertThatThrownBy(() -> store().lock(Duration.ZERO)).isInstanceOf(CheckpointException.class);
        db.run("ALTER DATABASE " + db.one("SELECT current_database()") + " SET TimeZone = 'Pacific/Kiritimati'");
        assertThatThrownBy(() -> store().lock(Duration.ZERO)).isInstanceOf(CheckpointException.class);
        lock.close();
    }

    @Test
    void keeps_tables_apart_when_a_schema_has_them_too() {
        db.run("CREATE SCHEMA ops");
        CheckpointStore other = CheckpointStore.table(database(), "ops.sluice_state");
        CheckpointStore.Lock lock = store().lock(Duration.ZERO);
        CheckpointStore.Lock second = other.lock(Duration.ZERO);
        other.save(full("a.b", "c.d"));
        assertThat(store().list()).isEmpty();
        second.close();
        lock.close();
    }

    private String url() {
        try (Connection connection = database().getConnection()) {
            return connection.getMetaData().getURL()
                    + (connection.getMetaData().getURL().contains("?") ? "&" : "?") + "user=postgres";
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Takes the lease, says so, and waits to be killed. */
    static final class Holder {
        private Holder() {}

        public static void main(String[] args) throws IOException {
            DataSource database = TestSource.of(() -> DriverManager.getConnection(args[0]));
            new TableCheckpointStore(database, "sluice_state", SHORT).lock(Duration.ZERO);
            System.out.println("locked");
            int unused = System.in.read();
        }
    }
}
