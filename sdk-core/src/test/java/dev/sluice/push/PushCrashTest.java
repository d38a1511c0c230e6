package dev.sluice.push;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.row.ChangeType;
import dev.sluice.row.ChangedRow;
import dev.sluice.row.Row;
import dev.sluice.spool.PushQueue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A process that pushes out of a file is killed at random points, again and again. */
@Timeout(300)
class PushCrashTest {
    /** A batch as it arrived. */
    private record Arrival(String id, List<String> rows) {}

    @TempDir
    Path directory;

    private final List<Arrival> arrivals = Collections.synchronizedList(new ArrayList<>());
    private final Map<Long, List<String>> put = new HashMap<>();
    private PlainServer server;
    private volatile Process child;
    private volatile int requestsLeft = Integer.MAX_VALUE;
    private volatile boolean beforeAnswer;
    private int events;

    @BeforeEach
    void listen() throws IOException {
        server = new PlainServer(new PlainServer.Handler() {
            @Override
            public boolean arrived(Map<String, String> headers, String body) {
                return arrive(headers.get("idempotency-key"), body);
            }

            @Override
            public void answered() {
                if (requestsLeft < 0) {
                    child.destroyForcibly();
                }
            }
        });
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
        if (child != null) {
            child.destroyForcibly();
        }
    }

    private boolean arrive(String id, String body) {
        if (id != null) {
            arrivals.add(new Arrival(id, List.of(body.split("\n", -1))));
        }
        requestsLeft--;
        if (requestsLeft < 0 && beforeAnswer) {
            child.destroyForcibly();
        }
        return requestsLeft >= 0 || !beforeAnswer;
    }

    @ParameterizedTest
    @CsvSource({"sync,14", "async,8"})
    void delivers_every_event_in_order_however_often_it_is_killed(String mode, int rounds) throws Exception {
        Random random = new Random(20260115);
        for (int round = 0; round < rounds; round++) {
            put(random, round);
            requestsLeft = random.nextInt(12);
            beforeAnswer = random.nextBoolean();
            start(mode, "watch");
            if (random.nextInt(4) == 0) {
                // Somewhere between its start and its first batches.
                child.waitFor(200 + random.nextInt(500), TimeUnit.MILLISECONDS);
                child.destroyForcibly();
            }
            assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
        }
        requestsLeft = Integer.MAX_VALUE;
        start(mode, "run");
        assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(child.exitValue()).isZero();
        assertNothingLostAndNothingOutOfPlace();
    }

    /** At least one event for each request before the kill, so that it comes; and a producer that repeats itself. */
    private void put(Random random, int round) {
        try (PushQueue queue = PushQueue.sqlite(file())) {
            List<ChangedRow> rows = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                long id = random.nextInt(9);
                String name = "e" + events++;
                ChangeType change = ChangeType.values()[random.nextInt(4)];
                rows.add(new ChangedRow(id, change, Row.json("{\"name\":\"" + name + "\"}")));
                put.computeIfAbsent(id, any -> new ArrayList<>()).add(name);
            }
            assertThat(queue.put(PushCrashChild.TARGET, rows, round)).isTrue();
            assertThat(queue.put(PushCrashChild.TARGET, rows, round)).isFalse();
        }
    }

    private void assertNothingLostAndNothingOutOfPlace() {
        Map<String, List<String>> batches = new LinkedHashMap<>();
        Set<String> past = new HashSet<>();
        String last = "";
        for (Arrival arrival : arrivals) {
            if (!arrival.id().equals(last)) {
                assertThat(past.add(arrival.id()))
                        .as("comes again only while in flight")
                        .isTrue();
                last = arrival.id();
            }
            List<String> before = batches.putIfAbsent(arrival.id(), arrival.rows());
            assertThat(before == null ? arrival.rows() : before).isEqualTo(arrival.rows());
        }
        Map<Long, List<String>> delivered = new HashMap<>();
        for (List<String> rows : batches.values()) {
            for (String row : rows) {
                String[] parts = row.split(" ", 2);
                delivered
                        .computeIfAbsent(Long.parseLong(parts[0]), any -> new ArrayList<>())
                        .add(parts[1]);
            }
        }
        assertThat(delivered).isEqualTo(put);
        assertThat(arrivals).as("some kill hit a batch in flight").hasSizeGreaterThan(batches.size());
    }

    private Path file() {
        return directory.resolve("push.db");
    }

    private void start(String mode, String how) throws IOException {
        // What SQLite's driver unpacks is left behind by a kill.
        Path temporary = Files.createDirectories(directory.resolve("tmp"));
        child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Djava.io.tmpdir=" + temporary,
                        "-cp",
                        System.getProperty("java.class.path"),
                        PushCrashChild.class.getName(),
                        file().toString(),
                        Integer.toString(server.port()),
                        mode,
                        how)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }
}
