package dev.sluice.jdbc.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What tests rely on in every server. */
abstract class DatabaseServerContract {
    Database db;

    abstract DatabaseServer shared();

    abstract DatabaseServer open();

    /** What the build has fetched. */
    abstract String version();

    @BeforeEach
    void take() {
        db = shared().newDatabase();
    }

    @AfterEach
    void giveBack() {
        if (db != null) {
            db.close();
        }
    }

    @Test
    void is_the_version_that_the_build_names() {
        assertThat(shared().version()).isEqualTo(version());
    }

    @Test
    void gives_each_test_tables_of_its_own() {
        try (Database other = shared().newDatabase()) {
            db.run("CREATE TABLE t (v int)", "INSERT INTO t VALUES (1)");
            other.run("CREATE TABLE t (v int)");
            assertThat(other.one("SELECT count(*) FROM t")).isEqualTo("0");
        }
    }

    @Test
    void listens_on_one_address_alone() throws Exception {
        new Socket(InetAddress.getByName("127.0.0.1"), shared().port()).close();
        assertThatThrownBy(() -> new Socket(InetAddress.getByName("127.0.0.2"), shared().port()).close())
                .isInstanceOf(ConnectException.class);
    }

    @Test
    void lets_a_user_do_what_was_granted() throws Exception {
        db.run("CREATE TABLE seen (v int)", "CREATE TABLE hidden (v int)");
        String user = db.newUser("SELECT ON seen");
        try (Connection connection = db.dataSource(user).getConnection();
                var statement = connection.createStatement()) {
            assertThat(statement.executeQuery("SELECT v FROM seen").next()).isFalse();
            assertThatThrownBy(() -> statement.executeQuery("SELECT v FROM hidden"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("denied");
        }
    }

    @Test
    void forgets_a_user_when_the_database_is_closed() {
        Database other = shared().newDatabase();
        String user = other.newUser();
        other.close();
        shared().createUser(user); // refused if there is one
        shared().dropUser(user);
    }

    @Test
    void cuts_the_connections_of_one_database_when_told() throws Exception {
        try (Database other = shared().newDatabase();
                Connection cut = db.dataSource().getConnection();
                Connection kept = other.dataSource().getConnection()) {
            db.killConnections();
            assertThat(cut.isValid(5)).isFalse();
            assertThat(kept.isValid(5)).isTrue();
        }
    }

    @Test
    void drops_a_database_that_is_still_in_use() throws Exception {
        Database other = shared().newDatabase();
        other.run("CREATE TABLE t (v int)");
        try (Connection open = other.dataSource().getConnection();
                var statement = open.createStatement()) {
            open.setAutoCommit(false);
            statement.executeQuery("SELECT v FROM t");
            other.close();
            assertThat(open.isValid(5)).isFalse();
        }
    }

    @Test
    void keeps_data_and_port_when_it_starts_again() {
        try (DatabaseServer own = open();
                Database mine = own.newDatabase()) {
            mine.run("CREATE TABLE t (v int)", "INSERT INTO t VALUES (1)");
            ProcessHandle before = own.process();
            own.restart();
            assertThat(before.isAlive()).isFalse();
            assertThat(mine.one("SELECT v FROM t")).isEqualTo("1");
            own.process().destroyForcibly();
            own.process().onExit().join();
            own.start();
            assertThat(mine.one("SELECT v FROM t")).isEqualTo("1");
        }
    }

    @Test
    void leaves_no_process_and_no_file_when_closed() {
        DatabaseServer own = open();
        ProcessHandle process = own.process();
        var children = process.children().toList();
        assertThat(own.folder()).isNotEmptyDirectory();
        own.close();
        assertThat(process.isAlive()).isFalse();
        assertThat(children).noneMatch(ProcessHandle::isAlive);
        assertThat(Files.exists(own.folder())).isFalse();
    }
}
