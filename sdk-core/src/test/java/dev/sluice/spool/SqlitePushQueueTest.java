package dev.sluice.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.row.ChangeType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqlitePushQueueTest extends PushQueueTest {
    @TempDir
    Path directory;

    @Override
    PushQueue open(Clock time) {
        return SqlitePushQueue.open(file(), time);
    }

    private Path file() {
        return directory.resolve("queue/push.db");
    }

    private void reopen() {
        queue.close();
        queue = open(clock);
    }

    /** As a person with the sqlite3 shell does. */
    private void shell(String sql) throws SQLException {
        try (Connection database = SqliteFile.connect(file());
                Statement statement = database.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void hands_out_the_batch_of_a_dead_owner_first_and_as_it_was() {
        queue.put(CRM, inserts(1, 2, 3));
        PushQueue.Claim old = claim(3);
        queue.saveJob(old, "job");
        reopen();
        queue.put(CRM, inserts(4));
        PushQueue.Claim again = claim(10);
        assertThat(again.batch()).isEqualTo(old.batch());
        assertThat(told(again.events())).isEqualTo(told(old.events()));
        assertThat(again.job()).isEqualTo("job");
        assertThat(queue.settle(old, List.of())).isFalse();
        assertThat(ids(claim(10))).containsExactly(4L);
    }

    @Test
    void keeps_everything_when_it_is_closed_and_opened() {
        queue.put(CRM, inserts(1, 2), 7);
        PushQueue.Claim claim = claim(1);
        queue.settle(claim, List.of(sequence(claim, 0)));
        long last = queue.last();
        reopen();
        assertThat(keys(queue.list(CRM))).containsExactly("1:insert", "2:insert");
        assertThat(queue.offset(CRM)).isEqualTo(OptionalLong.of(7));
        assertThat(queue.last()).isEqualTo(last);
        assertThat(queue.put(CRM, inserts(1, 2), 7)).isFalse();
    }

    @Test
    void keeps_a_settled_batch_settled_when_it_is_closed_and_opened() {
        queue.put(CRM, inserts(1));
        queue.settle(claim(1), List.of());
        reopen();
        assertThat(nothingToClaim()).isTrue();
    }

    @Test
    void names_the_event_that_is_not_what_was_put_and_skips_nothing() throws Exception {
        queue.put(CRM, inserts(1, 2, 3));
        long second = queue.list(CRM).get(1).sequence();
        for (String damage : List.of(
                "row = '{\"id\":3}'", "row = 'no'", "change = 'upsert'", "row_id = 7", "target = 'crm', seal = 1")) {
            String restore = "row = '{\"id\":2,\"change\":\"insert\"}', change = 'insert', row_id = 2, seal = ";
            long seal = seal(second);
            shell("UPDATE event SET " + damage + " WHERE sequence = " + second);
            assertThatThrownBy(() -> claim(10))
                    .isInstanceOf(SpoolException.Damaged.class)
                    .hasMessageContaining("event " + second + " of target crm")
                    .hasMessageNotContaining("insert\"}");
            assertThatThrownBy(() -> queue.list(CRM)).isInstanceOf(SpoolException.Damaged.class);
            shell("UPDATE event SET " + restore + seal + " WHERE sequence = " + second);
        }
        assertThat(ids(claim(10))).containsExactly(1L, 2L, 3L);
    }

    private long seal(long sequence) throws SQLException {
        try (Connection database = SqliteFile.connect(file());
                Statement statement = database.createStatement()) {
            return SqliteFile.number(statement, "SELECT seal FROM event WHERE sequence = " + sequence);
        }
    }

    @Test
    void names_the_event_that_was_damaged_while_its_batch_was_claimed() throws Exception {
        queue.put(CRM, inserts(1, 2));
        claim(2);
        reopen();
        shell("UPDATE event SET row = '{}' WHERE row_id = 2");
        assertThatThrownBy(() -> claim(10)).isInstanceOf(SpoolException.Damaged.class);
        shell("DELETE FROM event WHERE row_id = 2");
        assertThat(ids(claim(10))).containsExactly(1L);
    }

    @Test
    void goes_on_when_all_events_of_a_batch_were_taken_out_by_hand() throws Exception {
        queue.put(CRM, inserts(1));
        claim(1);
        reopen();
        shell("DELETE FROM event");
        assertThatThrownBy(() -> claim(1))
                .isInstanceOf(SpoolException.Damaged.class)
                .hasMessageContaining("has no events");
        shell("DELETE FROM batch");
        assertThat(nothingToClaim()).isTrue();
    }

    @Test
    void has_one_owner() {
        assertThatThrownBy(() -> open(clock))
                .isInstanceOf(SpoolException.InUse.class)
                .hasMessageContaining("a push queue of its own");
    }

    @Test
    void refuses_other_files_and_other_versions() throws Exception {
        queue.close();
        Path text = Files.writeString(directory.resolve("notes.txt"), "not a database ".repeat(100));
        assertThatThrownBy(() -> SqlitePushQueue.open(text, clock)).isInstanceOf(SpoolException.Damaged.class);
        shell("PRAGMA user_version = 99");
        assertThatThrownBy(() -> open(clock))
                .isInstanceOf(SpoolException.class)
                .hasMessageContaining("version 99")
                .hasMessageContaining("version 1");
        shell("PRAGMA user_version = 1");
        queue = open(clock);
    }

    @Test
    void can_be_read_with_a_shell_meanwhile() throws Exception {
        queue.put(CRM, List.of(row(5, ChangeType.DELETE)));
        claim(1);
        try (Connection database = SqliteFile.connect(file())) {
            assertThat(Sql.first(
                            database,
                            row -> row.getString(1) + " " + row.getString(2) + " " + row.getLong(3),
                            "SELECT change, row, count(batch) FROM event"))
                    .contains("delete {\"id\":5,\"change\":\"delete\"} 1");
        }
    }

    @Test
    void changes_nothing_when_the_file_was_taken_away() throws Exception {
        queue.put(CRM, inserts(1));
        Files.delete(file());
        assertThatThrownBy(() -> queue.put(CRM, inserts(2))).isInstanceOf(SpoolException.Damaged.class);
        assertThatThrownBy(() -> queue.claim(CRM, 9, 1, Set.of())).isInstanceOf(SpoolException.Damaged.class);
    }
}
