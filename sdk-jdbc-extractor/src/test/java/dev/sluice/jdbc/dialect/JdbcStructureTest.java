package dev.sluice.jdbc.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jdbc.testing.Database;
import dev.sluice.jdbc.testing.MariaDb;
import dev.sluice.jdbc.testing.Postgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What drivers tell of a table, where a dialect has nothing better. */
final class JdbcStructureTest {
    private static final String[] TABLE = {
        "CREATE TABLE an_event (id int NOT NULL, line int NOT NULL, updated_at timestamp DEFAULT CURRENT_TIMESTAMP,"
                + " note varchar(10), PRIMARY KEY (id, line))",
        // A name that the other's would match as a pattern.
        "CREATE TABLE anxevent (id int NOT NULL DEFAULT 1)",
        "CREATE INDEX by_time ON an_event (updated_at, id)",
        "CREATE VIEW shown AS SELECT * FROM an_event"
    };

    @Test
    void tells_a_table_of_mariadb() throws SQLException {
        try (Database db = MariaDb.shared().newDatabase()) {
            db.run(TABLE);
            String prefix = "`" + db.name() + "`.";
            assertTold(db, prefix + "`an_event`", prefix + "`shown`");
            db.run("CREATE TRIGGER t BEFORE UPDATE ON an_event FOR EACH ROW SET NEW.note = 'x'");
            assertThat(structure(db, prefix + "`an_event`").hasTriggers()).isTrue();
            assertThat(structure(db, prefix + "`anxevent`").hasTriggers()).isFalse();
        }
    }

    @Test
    void tells_a_table_of_postgresql() throws SQLException {
        try (Database db = Postgres.shared().newDatabase()) {
            db.run(TABLE);
            db.run("CREATE INDEX by_note ON an_event (note) WHERE id > 0");
            assertTold(db, "\"public\".\"an_event\"", "\"public\".\"shown\"");
        }
    }

    @Test
    void parts_a_name_when_it_has_dots_and_quotes_in_it() {
        assertThat(JdbcStructure.names("\"a.b\".\"c\"\"d\"")).containsExactly("a.b", "c\"d");
        assertThat(JdbcStructure.names("`a``b`.`c`")).containsExactly("a`b", "c");
    }

    private static void assertTold(Database db, String table, String view) throws SQLException {
        Structure told = structure(db, table);
        assertThat(told.isView()).isFalse();
        assertThat(told.indexes())
                .contains(new Index(true, List.of("id", "line")), new Index(false, List.of("updated_at", "id")))
                .allMatch(index -> !index.beginsWith("note"));
        assertThat(told.stamped()).containsExactly("updated_at");
        assertThat(told.hasTriggers()).isFalse();
        assertThat(structure(db, view).isView()).isTrue();
        assertThat(structure(db, view).indexes()).isEmpty();
    }

    private static Structure structure(Database db, String sql) throws SQLException {
        try (Connection connection = db.dataSource().getConnection()) {
            return JdbcStructure.of(connection, new Table(sql, sql, List.of(), 0));
        }
    }
}
