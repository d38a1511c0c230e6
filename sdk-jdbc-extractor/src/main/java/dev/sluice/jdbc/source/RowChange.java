package dev.sluice.jdbc.source;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sluice.jdbc.dialect.SourceException;
import dev.sluice.row.InvalidRowException;
import dev.sluice.row.JsonWriter;
import dev.sluice.row.RowMapper;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Puts the rows of a table through a {@link RowTransform}, and sees to it that they stay rows of that table. */
final class RowChange {
    private static final TypeReference<LinkedHashMap<String, @Nullable Object>> FIELDS = new TypeReference<>() {};

    /** However long a name or number is, it was in the table. */
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNameLength(Integer.MAX_VALUE)
                            .maxNumberLength(Integer.MAX_VALUE)
                            .maxStringLength(Integer.MAX_VALUE)
                            .build())
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private final String table;
    private final RowTransform transform;
    private final List<String> key;
    private final Set<String> taken;

    /**
     * @param table its name, for errors
     * @param key the names of the key columns, as they are sent
     * @param taken names that fields must not have
     */
    RowChange(String table, RowTransform transform, List<String> key, Set<String> taken) {
        this.table = table;
        this.transform = transform;
        this.key = key;
        this.taken = taken;
    }

    /**
     * Writes what becomes of a row, its object still open.
     *
     * @return false if the row is left out, with nothing written
     */
    boolean begin(JsonWriter row, JsonWriter out) {
        Map<String, @Nullable Object> before = fields(row);
        // The hook may change the map it is given.
        List<@Nullable Object> keyBefore = keyOf(before);
        Map<String, @Nullable Object> after = changed(before).orElse(null);
        if (after == null) {
            return false;
        }
        check(after, keyBefore);
        try {
            RowMapper.standard().write(after, out);
        } catch (InvalidRowException e) {
            throw problem("gave what cannot be sent: " + e.getMessage());
        }
        out.truncate(out.size() - 1);
        return true;
    }

    private Optional<Map<String, @Nullable Object>> changed(Map<String, @Nullable Object> row) {
        try {
            return transform.apply(row);
        } catch (RuntimeException e) {
            SourceException problem = problem("failed with " + e.getClass().getName());
            // Where it failed, without its message, which may quote the row.
            problem.setStackTrace(e.getStackTrace());
            throw problem;
        }
    }

    private void check(Map<String, @Nullable Object> row, List<@Nullable Object> keyBefore) {
        if (row.isEmpty()) {
            throw problem("gave a row without fields; to leave a row out, return Optional.empty()");
        }
        for (String stamp : taken) {
            if (row.containsKey(stamp)) {
                throw problem("set " + stamp + ", which is a stamp of cdc; choose another name");
            }
        }
        List<@Nullable Object> keyAfter = keyOf(row);
        for (int i = 0; i < key.size(); i++) {
            if (!Objects.equals(keyBefore.get(i), keyAfter.get(i))) {
                throw problem("changed the key column " + key.get(i) + ", by which rows are told apart");
            }
        }
    }

    private List<@Nullable Object> keyOf(Map<String, @Nullable Object> row) {
        return key.stream().<@Nullable Object>map(row::get).toList();
    }

    private Map<String, @Nullable Object> fields(JsonWriter row) {
        try {
            return JSON.readValue(row.copy(0, row.size()), FIELDS);
        } catch (IOException e) {
            // Without the cause: its message quotes the row.
            throw new IllegalStateException("a row of " + table + " with " + row.size() + " bytes is no JSON object");
        }
    }

    private SourceException problem(String sentence) {
        return new SourceException("the transform of " + table + " " + sentence);
    }
}
