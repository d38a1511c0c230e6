package dev.sluice.benchmarks.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeapMeterTest {
    @Test
    void measures_what_threads_allocated_that_have_ended() throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx64m");
        command.addAll(HeapMeter.FLAGS);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Known.class.getName()));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).isZero();
        assertThat(Double.parseDouble(output)).isCloseTo(Known.BYTES, withinPercentage(2));
    }

    /** Allocates 200 MiB in many short threads, so that the heap of 64 MB is collected several times. */
    static final class Known {
        static final double BYTES = 200 * 1_024 * 1_024;

        static volatile byte[] latest = new byte[0];

        private Known() {}

        public static void main(String[] args) throws Exception {
            try (HeapMeter meter = new HeapMeter()) {
                long before = meter.allocated();
                for (int i = 0; i < 200; i++) {
                    Thread thread = new Thread(Known::allocate);
                    thread.start();
                    thread.join();
                }
                System.out.print(meter.allocated() - before);
            }
        }

        /** 1 MiB; an array has 16 bytes beside its content. */
        private static void allocate() {
            for (int i = 0; i < 1_024; i++) {
                latest = new byte[1_024 - 16];
            }
        }
    }
}
