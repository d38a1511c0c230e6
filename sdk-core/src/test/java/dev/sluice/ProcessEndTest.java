package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.FakeStreamApi;
import dev.sluice.testkit.Fault;
import dev.sluice.testkit.StreamApiExtension;
import dev.sluice.transport.ApiKey;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A program that ends while its client is open: each test starts a JVM of its own. */
@ExtendWith(StreamApiExtension.class)
@Timeout(120)
class ProcessEndTest {
    private static final String TABLE = "bronze.events";
    private static final int PATIENCE_SECONDS = 40;

    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void end() {
        started.forEach(Process::destroyForcibly);
    }

    private Process start(FakeStreamApi api, String end) throws IOException {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-opens",
                        "java.base/java.lang=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName(),
                        api.baseUrl(),
                        end)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        started.add(child);
        return child;
    }

    private static List<String> said(Process child) throws Exception {
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
            List<String> lines = out.lines().toList();
            assertThat(child.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
            return lines;
        }
    }

    @Test
    void ends_by_itself_when_main_returns_and_the_client_is_open(FakeStreamApi api) throws Exception {
        api.changeKey(Child.KEY);
        api.always(Fault.hold());
        Process child = start(api, "return");
        assertThat(child.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(child.exitValue()).isZero();
    }

    @Test
    void delivers_what_is_pending_when_the_program_exits(FakeStreamApi api) throws Exception {
        api.changeKey(Child.KEY);
        Process child = start(api, "exit");
        assertThat(child.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(api.rows(TABLE)).hasSize(Child.ROWS);
    }

    @Test
    void delivers_what_is_pending_when_the_program_is_terminated(FakeStreamApi api) throws Exception {
        api.changeKey(Child.KEY);
        Process child = start(api, "wait");
        BufferedReader out = new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8));
        assertThat(out.readLine()).isEqualTo("written");
        child.destroy();
        assertThat(child.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(api.rows(TABLE)).hasSize(Child.ROWS);
    }

    @Test
    void ends_in_time_when_the_api_hangs_while_the_program_exits(FakeStreamApi api) throws Exception {
        api.changeKey(Child.KEY);
        api.always(Fault.hold());
        Process child = start(api, "exit-soon");
        assertThat(child.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(api.rows(TABLE)).isEmpty();
    }

    @Test
    void has_a_shutdown_hook_only_when_asked_for_and_until_it_is_closed(FakeStreamApi api) throws Exception {
        api.changeKey(Child.KEY);
        assertThat(said(start(api, "hooks"))).containsExactly("0 hooks without, 1 with, 0 after close");
    }

    /** Writes rows that linger for long, and ends as it is told to. */
    static final class Child {
        static final String KEY = "child-key";
        static final int ROWS = 20;

        private Child() {}

        public static void main(String[] args) throws Exception {
            StreamClient.Builder settings =
                    StreamClient.builder().baseUrl(args[0]).apiKey(ApiKey.of(KEY));
            switch (args[1]) {
                case "hooks" -> countHooks(settings);
                case "return" -> write(settings.build(), Duration.ZERO);
                case "exit" -> {
                    write(settings.closeOnShutdown(Duration.ofSeconds(20)).build(), Duration.ofHours(1));
                    System.exit(3);
                }
                case "exit-soon" -> {
                    write(settings.closeOnShutdown(Duration.ofMillis(100)).build(), Duration.ZERO);
                    System.exit(3);
                }
                default -> {
                    write(settings.closeOnShutdown(Duration.ofSeconds(20)).build(), Duration.ofHours(1));
                    System.out.println("written");
                    new CountDownLatch(1).await();
                }
            }
        }

        private static void write(StreamClient client, Duration linger) {
            StreamWriter writer = client.writer(TABLE).linger(linger).open();
            for (int i = 0; i < ROWS; i++) {
                CompletableFuture<?> ignored = writer.write(Map.of("id", i));
            }
        }

        private static void countHooks(StreamClient.Builder settings) throws Exception {
            // Logging comes with a hook of its own.
            settings.build().close();
            long before = hooks();
            StreamClient without = settings.build();
            long one = hooks() - before;
            StreamClient with = settings.closeOnShutdown(Duration.ofSeconds(1)).build();
            long two = hooks() - before;
            with.close();
            with.close();
            without.close();
            System.out.println(one + " hooks without, " + two + " with, " + (hooks() - before) + " after close");
        }

        /** The JVM tells nobody, so this looks where it keeps them; only a JVM of its own is opened for it. */
        private static int hooks() throws Exception {
            Field hooks = Class.forName("java.lang.ApplicationShutdownHooks").getDeclaredField("hooks");
            hooks.setAccessible(true);
            return ((Map<?, ?>) hooks.get(null)).size();
        }
    }
}
