package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.sluice.testkit.FakeStreamApi;
import dev.sluice.testkit.StreamApiExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A client that was closed leaves nothing behind. */
@ExtendWith(StreamApiExtension.class)
@Timeout(120)
class LeakTest {
    private static final int CYCLES = 1_000;

    private static void cycle(FakeStreamApi api, int number) {
        try (StreamClient client = StreamClient.builder()
                        .baseUrl(api.baseUrl())
                        .apiKey(api.apiKey())
                        .closeOnShutdown(Duration.ZERO)
                        .build();
                StreamWriter writer = client.writer("bronze.events")
                        .linger(Duration.ofDays(1))
                        .open()) {
            CompletableFuture<?> ignored = writer.write(Map.of("id", number));
        }
    }

    @Test
    void leaves_no_thread_and_no_file_descriptor_after_a_thousand_cycles(FakeStreamApi api) {
        cycle(api, 0);
        AbandonTest.awaitNoThread();
        long before = openFiles();
        for (int number = 1; number <= CYCLES; number++) {
            cycle(api, number);
        }
        assertThat(api.rows("bronze.events")).hasSize(CYCLES + 1);
        AbandonTest.awaitNoThread();
        assumeThat(before).as("open files are told by Linux alone").isPositive();
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (openFiles() > before + 20 && System.nanoTime() < end) {
            // The fake's ends of the sockets close a moment later than the client's.
            Thread.onSpinWait();
        }
        assertThat(openFiles()).isLessThanOrEqualTo(before + 20);
    }

    /** Of this process, its sockets included; 0 where the system does not tell. */
    private static long openFiles() {
        Path directory = Path.of("/proc/self/fd");
        if (!Files.isDirectory(directory)) {
            return 0;
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.count();
        } catch (IOException e) {
            return 0;
        }
    }
}
