package dev.sluice.jdbc.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the store in a table must do on each database; a subclass gives an empty one for each test. */
abstract class TableCheckpointStoreTest extends CheckpointStoreContract {
    static final Duration LONG = Duration.ofSeconds(20);
    static final Lease.Times SHORT = new Lease.Times(Duration.ofMillis(900), Duration.ofMillis(100));
    static final Lease.Times LONG_TIMES = Lease.Times.DEFAULT;

    /** Of a runner that is paused as soon as it has the lease: it renews nothing. */
    private static final Lease.Times PAUSED = new Lease.Times(Duration.ofMillis(400), Duration.ofDays(1));

    abstract DataSource database();

    @Override
    TableCheckpointStore store() {
        return store(SHORT);
    }

    TableCheckpointStore store(Lease.Times times) {
        return new TableCheckpointStore(database(), "sluice_state", times);
    }

    @Test
    void refuses_the_late_save_of_a_paused_runner_that_was_taken_over() {
        CheckpointStore paused = store(PAUSED);
        CheckpointStore.Lock late = paused.lock(Duration.ZERO);
        paused.save(full("a.b", "c.d"));
        CheckpointStore next = store();
        CheckpointStore.Lock lock = next.lock(LONG);
        Checkpoint newer = full("a.b", "c.d").reset();
        next.save(newer);

        assertThatThrownBy(() -> paused.save(full("a.b", "c.d")))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("has taken over")
                .hasMessageContaining("process " + ProcessHandle.current().pid() + ", running since ")
                .hasMessageContaining("(generation 2, this one had 1)");
        late.close();
        assertThat(next.load("a.b", "c.d")).contains(newer);
        assertThatThrownBy(() -> store().lock(Duration.ZERO)).hasMessageContaining("another sync is running");
        lock.close();
        assertThatThrownBy(() -> paused.save(newer)).hasMessageContaining("no lock is held");
    }

    @Test
    void refuses_the_late_save_when_the_one_that_took_over_has_ended() {
        CheckpointStore paused = store(PAUSED);
        CheckpointStore.Lock late = paused.lock(Duration.ZERO);
        expire();
        store().lock(Duration.ZERO).close();
        assertThatThrownBy(() -> paused.save(full("a.b", "c.d"))).hasMessageContaining("one that has ended");
        late.close();
        assertThat(store().list()).isEmpty();
    }

    @Test
    void goes_on_when_it_was_paused_and_nobody_came() {
        CheckpointStore paused = store(PAUSED);
        CheckpointStore.Lock late = paused.lock(Duration.ZERO);
        expire();
        paused.save(full("a.b", "c.d"));
        assertThatThrownBy(() -> store().lock(Duration.ZERO)).hasMessageContaining("another sync is running");
        late.close();
    }

    @Test
    void is_not_taken_over_while_it_is_renewed() {
        CheckpointStore.Lock first = store().lock(Duration.ZERO);
        Duration longer = SHORT.lease().plusMillis(200);
        assertThatThrownBy(() -> store().lock(longer)).hasMessageContaining("another sync is running");
        first.close();
    }

    @Test
    void renews_again_when_the_database_was_away_for_a_while() {
        BreakingSource database = new BreakingSource(database());
        TableCheckpointStore store = new TableCheckpointStore(
                database.source(), "sluice_state", new Lease.Times(LONG, Duration.ofMillis(50)));
        CheckpointStore.Lock lock = store.lock(Duration.ZERO);
        store.save(full("a.b", "c.d"));
        database.breakAt("UPDATE sluice_state_lock SET beats");
        await(() -> database.broken() > 1);
        expire();
        database.breakAt(null);
        await(() ->
                one("SELECT COUNT(*) FROM sluice_state_lock WHERE expires > (SELECT MAX(saved_at) FROM sluice_state)")
                        == 1);
        lock.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"UPDATE sluice_state_lock", "UPDATE sluice_state SET", "INSERT INTO sluice_state", "commit"})
    void keeps_what_was_saved_before_when_the_connection_breaks_in_mid_save(String point) {
        BreakingSource database = new BreakingSource(database());
        TableCheckpointStore store = new TableCheckpointStore(database.source(), "sluice_state", LONG_TIMES);
        CheckpointStore.Lock lock = store.lock(Duration.ZERO);
        Checkpoint before = full("a.b", "c.d");
        store.save(before);
        database.breakAt(point);
        Checkpoint failing = point.startsWith("INSERT") ? full("new.one", "c.d") : before.reset();
        assertThatThrownBy(() -> store.save(failing))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(
                        "saving a checkpoint in table sluice_state failed: the connection broke (SQLSTATE")
                .hasMessageContaining("nothing that was saved before is lost");
        database.breakAt(null);
        assertThat(store().list()).containsExactly(before);
        store.save(failing);
        lock.close();
        assertThat(store().list()).contains(failing);
    }

    @Test
    void ends_by_itself_when_it_could_not_be_given_back() {
        BreakingSource database = new BreakingSource(database());
        CheckpointStore.Lock lock =
                new TableCheckpointStore(database.source(), "sluice_state", LONG_TIMES).lock(Duration.ZERO);
        database.breakAt("UPDATE sluice_state_lock SET holder");
        lock.close();
        assertThatThrownBy(() -> store().lock(Duration.ZERO)).hasMessageContaining("another sync is running");
        expire();
        store().lock(Duration.ZERO).close();
    }

    @Test
    void says_so_when_a_row_is_damaged() {
        saved(full("a.b", "c.d"));
        run("UPDATE sluice_state SET document = '{'");
        assertThatThrownBy(() -> store().list())
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("delete it to read the table from its beginning");
    }

    /** As if the lease had run out long ago, by the database's clock. */
    final void expire() {
        run("UPDATE sluice_state_lock SET expires = expires - INTERVAL '1' HOUR");
    }

    final void run(String sql) {
        try (Connection connection = database().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    private long one(String sql) {
        try (Connection connection = database().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    private static void await(BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - start).isLessThan(LONG.toNanos());
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
    }
}
