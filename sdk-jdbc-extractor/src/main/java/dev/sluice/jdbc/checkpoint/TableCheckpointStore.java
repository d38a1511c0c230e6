package dev.sluice.jdbc.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.sluice.batch.BatchId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/** Checkpoints as one row each of a database's table. */
final class TableCheckpointStore extends LockingStore<Lease> {
    /** The name of what is no attachment. */
    private static final String CHECKPOINT = "checkpoint";

    private final StateTables tables;
    private final Lease.Times times;

    TableCheckpointStore(DataSource database, String table, Lease.Times times) {
        this.tables = new StateTables(database, table);
        this.times = times;
    }

    @Override
    public Optional<Checkpoint> load(String source, String destination) {
        return texts("document", "digest = ?", owner(source, destination)).stream()
                .findFirst()
                .map(this::parsed);
    }

    @Override
    public List<Checkpoint> list() {
        List<Checkpoint> all = new ArrayList<>();
        texts("document", "name = ?", CHECKPOINT).forEach(document -> all.add(parsed(document)));
        all.sort(Comparator.comparing(Checkpoint::source).thenComparing(Checkpoint::destination));
        return all;
    }

    @Override
    Attempt<Lease> tryLock() {
        return Lease.tryTake(tables, times);
    }

    @Override
    void save(Checkpoint checkpoint, Lease lease) {
        Place place = new Place(checkpoint.source(), checkpoint.destination(), CHECKPOINT);
        write(place, new String(CheckpointJson.write(checkpoint), StandardCharsets.UTF_8), lease);
    }

    @Override
    void attach(Place place, byte[] content, Lease lease) {
        write(place, Base64.getEncoder().encodeToString(content), lease);
    }

    @Override
    Optional<byte[]> attachment(Place place) {
        return texts("document", "digest = ?", digest(place)).stream()
                .findFirst()
                .map(text -> Base64.getDecoder().decode(text));
    }

    @Override
    public List<String> attachments(String source, String destination) {
        return texts("name", "owner = ?", owner(source, destination)).stream()
                .filter(name -> !name.equals(CHECKPOINT))
                .sorted()
                .toList();
    }

    @Override
    void detach(Place place, Lease lease) {
        tables.run("forgetting what is beside a checkpoint", connection -> {
            lease.fence(connection);
            String sql = "DELETE FROM " + tables.checkpoints() + " WHERE digest = ?";
            return StateTables.update(connection, sql, digest(place));
        });
    }

    @Override
    String place() {
        return "table " + tables.checkpoints();
    }

    private void write(Place place, String document, Lease lease) {
        tables.run("saving a checkpoint", connection -> {
            // First, for it holds the row until the commit: nobody takes over in between.
            lease.fence(connection);
            write(connection, place, document);
            return true;
        });
    }

    private void write(Connection connection, Place place, String document) throws SQLException {
        String update = "UPDATE " + tables.checkpoints() + " SET document = ?, saves = saves + 1, saved_at = "
                + tables.now() + " WHERE digest = ?";
        if (StateTables.update(connection, update, document, digest(place)) == 0) {
            String insert = "INSERT INTO " + tables.checkpoints()
                    + " (digest, owner, name, source, destination, document, saves, saved_at) VALUES (?, ?, ?, ?, ?, ?,"
                    + " 1, " + tables.now() + ")";
            StateTables.update(
                    connection,
                    insert,
                    digest(place),
                    owner(place.source(), place.destination()),
                    place.name(),
                    place.source(),
                    place.destination(),
                    document);
        }
    }

    private List<String> texts(String column, String condition, String value) {
        String sql = "SELECT " + column + " FROM " + tables.checkpoints() + " WHERE " + condition;
        return tables.run("reading checkpoints", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                statement.setString(1, value);
                return texts(statement);
            }
        });
    }

    private static List<String> texts(PreparedStatement statement) throws SQLException {
        List<String> all = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                all.add(rows.getString(1));
            }
        }
        return all;
    }

    private Checkpoint parsed(String document) {
        try {
            return CheckpointJson.read(document.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            String problem = e instanceof JsonProcessingException json ? json.getOriginalMessage() : e.getMessage();
            throw new CheckpointException(
                    "cannot read a checkpoint in table " + tables.checkpoints() + ": " + problem
                            + "; restore its row, or delete it to read the table from its beginning again",
                    e);
        }
    }

    /** Names may be longer than a key of a database may be. */
    private static String owner(String source, String destination) {
        return BatchId.derived(source, destination).toString();
    }

    private static String digest(Place place) {
        return place.name().equals(CHECKPOINT)
                ? owner(place.source(), place.destination())
                : BatchId.derived(place.source(), place.destination(), place.name())
                        .toString();
    }
}
