package dev.sluice.spool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.receipt.DamagedLetterException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A file that was cut off or written over gives what was in it, or with a damaged log what was in it earlier, or a clear
 * error: never a wrong row, and never fewer in silence.
 */
@Timeout(240)
class SpoolDamageTest {
    /** More for a longer run. */
    private static final int TIMES = Integer.getInteger("sluice.damage.times", 1);

    private static final int PAGE = 4_096;
    private static final int MOST_PAGES = 45;
    private static final int RANDOM_CASES = 100;

    private final History history = new History(7);
    private final List<List<String>> states = history.states();
    private final Set<String> lines = states.stream().flatMap(List::stream).collect(Collectors.toSet());
    private final int all = history.steps().size();
    private final int half = all / 2;
    private final Map<String, Integer> ends = new TreeMap<>();
    private final Random random = new Random(Long.getLong("sluice.damage.seed", 11));

    /** In memory where that is possible: a test that waits for the disk two thousand times is slow. */
    @TempDir(factory = MemoryDisk.class)
    Path directory;

    private Map<String, byte[]> files = Map.of();

    @Test
    void damage_to_a_closed_file_is_seen_or_does_no_harm() throws Exception {
        files = build(Set.of());
        assertThat(files).containsOnlyKeys("", "-owner");
        damageAll("", false);
        assertThat(ends.get("same")).isGreaterThan(10);
        assertThat(ends.get("Damaged")).isGreaterThan(60);
    }

    @Test
    void damage_to_a_file_with_a_log_is_seen_or_does_no_harm() throws Exception {
        files = build(Set.of(half));
        damageAll("", false);
        assertThat(ends.get("same")).isGreaterThan(10);
        assertThat(ends.get("Damaged")).isGreaterThan(20);
    }

    @Test
    void damage_to_the_log_gives_what_was_there_earlier_or_is_seen() throws Exception {
        files = build(Set.of(half));
        damageAll("-wal", true);
        assertThat(ends.get("earlier")).isGreaterThan(50);
    }

    @Test
    void damage_to_a_log_that_is_in_the_file_already_gives_what_was_there_earlier_or_is_seen() throws Exception {
        files = build(Set.of(half, all));
        damageAll("-wal", true);
        assertThat(ends.get("Damaged")).isGreaterThan(50);
    }

    @Test
    void a_file_that_was_emptied_is_no_new_one() throws Exception {
        for (Set<Integer> moves : List.of(Set.of(half), Set.<Integer>of())) {
            files = build(moves);
            damage("", bytes -> new byte[0], false);
        }
        assertThat(ends).containsOnlyKeys("Damaged");
    }

    /** As a crash after all steps leaves it, the log moved to the file after some; closed instead if after none. */
    private Map<String, byte[]> build(Set<Integer> moves) throws IOException, SQLException {
        Path path = directory.resolve("built-" + moves.size());
        Map<String, byte[]> crashed;
        try (Spool spool = SqliteSpool.open(path, Spool.DEFAULT_MAX_BYTES, new HandClock())) {
            int count = 0;
            for (Consumer<Spool> step : history.steps()) {
                step.accept(spool);
                if (moves.contains(++count)) {
                    moveLog(path);
                }
            }
            crashed = left(path);
        }
        return moves.isEmpty() ? left(path) : crashed;
    }

    private static void moveLog(Path path) throws SQLException {
        try (Connection other = SqliteFile.connect(path)) {
            Sql.query(other, row -> row.getInt(1), "PRAGMA wal_checkpoint(PASSIVE)");
        }
    }

    /** Not the shared memory, which is made anew when nobody has it. */
    private static Map<String, byte[]> left(Path path) throws IOException {
        Map<String, byte[]> left = new TreeMap<>();
        for (String suffix : List.of("", "-wal", "-owner")) {
            Path file = path.resolveSibling(path.getFileName() + suffix);
            if (Files.exists(file)) {
                left.put(suffix, Files.readAllBytes(file));
            }
        }
        return left;
    }

    private void damageAll(String suffix, boolean mayBeEarlier) throws IOException {
        int length = files.get(suffix).length;
        List<Integer> offsets = new ArrayList<>();
        int step = PAGE * Math.max(1, length / PAGE / MOST_PAGES);
        for (int page = 0; page < length; page += step) {
            // The beginning has the page's header and the places of its rows, which fill it from the end.
            offsets.add(page + random.nextInt(100));
            for (int i = 0; i < TIMES; i++) {
                offsets.add(page + random.nextInt(PAGE));
            }
        }
        random.ints((long) RANDOM_CASES * TIMES, 0, length).forEach(offsets::add);
        for (int offset : offsets) {
            int at = Math.min(offset, length - 1);
            damage(suffix, bytes -> damaged(bytes, at), mayBeEarlier);
        }
        assertThat(ends.values().stream().mapToInt(Integer::intValue).sum()).isGreaterThan(120);
        System.out.println("damage to spool" + suffix + " of " + length + " bytes: " + ends);
    }

    private byte[] damaged(byte[] bytes, int at) {
        int end = Math.min(bytes.length, at + 1 + random.nextInt(random.nextBoolean() ? 8 : 600));
        byte[] noise = new byte[end - at];
        random.nextBytes(noise);
        switch (random.nextInt(6)) {
            case 0 -> {
                return Arrays.copyOf(bytes, at);
            }
            case 1 -> Arrays.fill(bytes, at, end, (byte) 0);
            case 2 -> Arrays.fill(bytes, at, end, (byte) 0xff);
            case 3 -> System.arraycopy(noise, 0, bytes, at, noise.length);
            default -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        }
        return bytes;
    }

    private interface Damage {
        byte[] to(byte[] bytes);
    }

    private void damage(String suffix, Damage damage, boolean mayBeEarlier) throws IOException {
        Path path = directory.resolve("copy");
        for (String each : List.of("", "-wal", "-shm", "-owner")) {
            Path file = path.resolveSibling("copy" + each);
            Files.deleteIfExists(file);
            if (files.containsKey(each)) {
                byte[] bytes = files.get(each).clone();
                Files.write(file, each.equals(suffix) ? damage.to(bytes) : bytes);
            }
        }
        ends.merge(end(path, mayBeEarlier), 1, Integer::sum);
    }

    /** How a use of the file ends; fails if that is none of the ways allowed. */
    private String end(Path path, boolean mayBeEarlier) {
        List<String> found = new ArrayList<>();
        try (Spool spool = SqliteSpool.open(path, Spool.DEFAULT_MAX_BYTES, new HandClock())) {
            History.drain(spool, found);
        } catch (SpoolException | DamagedLetterException e) {
            assertThat(lines)
                    .as("after " + e)
                    .containsAll(found.stream().filter(SpoolDamageTest::hasRows).toList());
            return e.getClass().getSimpleName();
        }
        if (found.equals(states.get(states.size() - 1))) {
            return "same";
        }
        assertThat(mayBeEarlier)
                .as(() -> "what was there: " + difference(found))
                .isTrue();
        assertThat(states).as("what was there once").contains(found);
        return "earlier";
    }

    /** Counts may be of a mixture before the damage is met. */
    private static boolean hasRows(String line) {
        return line.startsWith("claim ") || line.startsWith("letter ");
    }

    private String difference(List<String> found) {
        List<String> missing = new ArrayList<>(states.get(states.size() - 1));
        missing.removeAll(found);
        List<String> more = new ArrayList<>(found);
        more.removeAll(states.get(states.size() - 1));
        return "missing " + missing + "\nmore " + more;
    }
}
