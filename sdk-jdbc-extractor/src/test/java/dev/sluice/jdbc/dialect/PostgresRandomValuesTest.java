package dev.sluice.jdbc.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random values through a real PostgreSQL: read by COPY and by plain JDBC, and compared with what was put in. */
final class PostgresRandomValuesTest {
    private static final ObjectMapper JACKSON = new ObjectMapper();
    private static final int ROWS = 400;
    private static final TypeLab LAB = new TypeLab();

    /** What is escaped somewhere on the way, what looks like an escape, and characters of every length. */
    private static final String[] PIECES = {
        "a",
        "b",
        "f",
        "n",
        "r",
        "t",
        "v",
        "u",
        "x",
        "N",
        ".",
        "0",
        " ",
        "\\",
        "\\",
        "\\",
        "\\N",
        "\\.",
        "\"",
        "\"",
        "'",
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "=>",
        "NULL",
        "\t",
        "\n",
        "\r",
        "\b",
        "\f",
        "\u000B",
        "\u0001",
        "\u001F",
        "\u007F",
        "\u0080",
        "\u00FF",
        "é",
        "\u07FF",
        "\u0800",
        "漢",
        "\u2028",
        "\uD7FF",
        "\uE000",
        "\uFEFF",
        "\uFFFF",
        "\uD800\uDC00",
        "😀",
        "\uDBFF\uDFFF"
    };

    @BeforeAll
    static void create_extension() {
        LAB.db.run("CREATE EXTENSION hstore");
    }

    @AfterAll
    static void close() {
        LAB.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void are_what_they_were_when_read_either_way(long seed) throws Exception {
        LAB.db.run(
                "DROP TABLE IF EXISTS public.any",
                "CREATE TABLE public.any (s text, doc jsonb, raw bytea, amount numeric, at timestamptz, list text[],"
                        + " map public.hstore, f float8, i int8, same text, n serial)");
        List<Values> rows = values(new Random(seed));
        insert(rows);
        List<String> read = LAB.rows("public.any", TypePolicy.DEFAULT);
        assertThat(read).hasSameSizeAs(rows);
        for (int i = 0; i < rows.size(); i++) {
            String what = "seed " + seed + ", row " + i;
            assertThat(Values.of(JACKSON.readTree("[" + read.get(i) + "]")))
                    .as(what)
                    .isEqualTo(rows.get(i));
        }
        assertThat(embedded(rows))
                .as("seed " + seed)
                .isEqualTo(rows.stream().map(Values::doc).toList());
    }

    private static List<JsonNode> embedded(List<Values> rows) throws Exception {
        List<JsonNode> documents = new ArrayList<>();
        for (String row : LAB.rows("public.any", TypePolicy.DEFAULT.documents(TypePolicy.Documents.EMBEDDED))) {
            JsonNode document = JACKSON.readTree("[" + row + "]").get(1);
            documents.add(document.isNull() ? null : document);
        }
        assertThat(documents).hasSameSizeAs(rows);
        return documents;
    }

    private static List<Values> values(Random random) {
        List<Values> rows = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            rows.add(new Values(
                    orNull(random, text(random)),
                    orNull(random, document(random, 3)),
                    orNull(random, bytes(random)),
                    orNull(random, decimal(random)),
                    orNull(random, time(random)),
                    orNull(random, texts(random)),
                    orNull(random, map(random)),
                    orNull(random, floating(random)),
                    orNull(random, random.nextLong() >> random.nextInt(64))));
        }
        return rows;
    }

    private static <T> T orNull(Random random, T value) {
        return random.nextInt(8) == 0 ? null : value;
    }

    /** Mostly short; now and then longer than a buffer. */
    private static String text(Random random) {
        StringBuilder text = new StringBuilder("x".repeat(random.nextInt(20) == 0 ? 8_150 + random.nextInt(50) : 0));
        for (int pieces = random.nextInt(25); pieces > 0; pieces--) {
            boolean known = random.nextInt(4) > 0;
            text.append(known ? PIECES[random.nextInt(PIECES.length)] : Character.toString(character(random)));
        }
        return text.toString();
    }

    private static int character(Random random) {
        int point = 1 + random.nextInt(random.nextBoolean() ? 0x30 : Character.MAX_CODE_POINT);
        return point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE ? '\\' : point;
    }

    private static JsonNode document(Random random, int depth) {
        return switch (random.nextInt(depth == 0 ? 3 : 5)) {
            case 0, 1 -> JACKSON.getNodeFactory().textNode(text(random));
            case 2 -> JACKSON.getNodeFactory().numberNode(random.nextInt());
            case 3 -> {
                ArrayNode items = JACKSON.createArrayNode();
                for (int i = random.nextInt(4); i > 0; i--) {
                    items.add(document(random, depth - 1));
                }
                yield items;
            }
            default -> {
                ObjectNode fields = JACKSON.createObjectNode();
                for (int i = random.nextInt(4); i > 0; i--) {
                    fields.set(text(random), document(random, depth - 1));
                }
                yield fields;
            }
        };
    }

    private static String bytes(Random random) {
        byte[] bytes = new byte[random.nextInt(random.nextInt(20) == 0 ? 5_000 : 20)];
        random.nextBytes(bytes);
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static BigDecimal decimal(Random random) {
        BigInteger digits = new BigInteger(random.nextInt(200), random);
        return new BigDecimal(random.nextBoolean() ? digits : digits.negate(), random.nextInt(50));
    }

    private static Instant time(Random random) {
        long years = 365L * 86_400;
        long second = -1_900 * years + (long) (random.nextDouble() * 9_000 * years);
        int[] units = {1_000, 1_000_000, 10_000_000, 1_000_000_000};
        int unit = units[random.nextInt(units.length)];
        return Instant.ofEpochSecond(second, (long) random.nextInt(1_000_000_000) / unit * unit);
    }

    private static List<String> texts(Random random) {
        List<String> texts = new ArrayList<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            texts.add(orNull(random, text(random)));
        }
        return texts;
    }

    private static ObjectNode map(Random random) {
        ObjectNode map = JACKSON.createObjectNode();
        for (int i = random.nextInt(5); i > 0; i--) {
            map.put(text(random), orNull(random, text(random)));
        }
        return map;
    }

    private static double floating(Random random) {
        double value = Double.longBitsToDouble(random.nextLong());
        return Double.isFinite(value) && random.nextBoolean() ? value : random.nextInt() / 100.0;
    }

    private static void insert(List<Values> rows) throws SQLException {
        String sql = "INSERT INTO public.any VALUES (?, ?::jsonb, ?, ?::numeric, ?::timestamptz, ?,"
                + " public.hstore(?::text[], ?::text[]), ?::float8, ?::int8, ?)";
        try (Connection connection = LAB.db.dataSource().getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            connection.setAutoCommit(false);
            for (Values row : rows) {
                row.set(connection, statement);
                statement.execute();
            }
            connection.commit();
        }
    }

    /** A row, by columns; bytes in base64. */
    private record Values(
            String s,
            JsonNode doc,
            String raw,
            BigDecimal amount,
            Instant at,
            List<String> list,
            ObjectNode map,
            Double f,
            Long i) {
        static Values of(JsonNode row) throws IOException {
            assertThat(row).hasSize(10);
            assertThat(row.get(9)).isEqualTo(row.get(0));
            String document = row.get(1).textValue();
            return new Values(
                    row.get(0).textValue(),
                    document == null ? null : JACKSON.readTree(document),
                    row.get(2).textValue(),
                    row.get(3).isNull() ? null : new BigDecimal(row.get(3).textValue()),
                    row.get(4).isNull() ? null : Instant.parse(row.get(4).textValue()),
                    row.get(5).isNull() ? null : items(row.get(5)),
                    row.get(6).isNull() ? null : (ObjectNode) row.get(6),
                    row.get(7).isNull() ? null : row.get(7).doubleValue(),
                    row.get(8).isNull() ? null : row.get(8).longValue());
        }

        private static List<String> items(JsonNode array) {
            List<String> items = new ArrayList<>();
            array.forEach(item -> items.add(item.textValue()));
            return items;
        }

        void set(Connection connection, PreparedStatement statement) throws SQLException {
            statement.setString(1, s);
            statement.setString(2, doc == null ? null : doc.toString());
            statement.setBytes(3, raw == null ? null : Base64.getDecoder().decode(raw));
            statement.setString(4, amount == null ? null : amount.toPlainString());
            statement.setString(5, at == null ? null : at.toString());
            statement.setArray(6, list == null ? null : connection.createArrayOf("text", list.toArray()));
            List<String> keys = new ArrayList<>();
            List<String> values = new ArrayList<>();
            if (map != null) {
                map.properties().forEach(field -> {
                    keys.add(field.getKey());
                    values.add(field.getValue().textValue());
                });
            }
            statement.setArray(7, map == null ? null : connection.createArrayOf("text", keys.toArray()));
            statement.setArray(8, connection.createArrayOf("text", values.toArray()));
            statement.setString(9, f == null ? null : f.toString());
            statement.setString(10, i == null ? null : i.toString());
            statement.setString(11, s);
        }
    }
}
