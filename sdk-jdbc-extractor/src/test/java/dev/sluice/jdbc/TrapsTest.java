package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The tests that the README names for each trap are there. */
final class TrapsTest {
    private static final Pattern TEST = Pattern.compile("`(\\w+(?:Test|Contract))\\.(\\w+)`");
    private static final int TRAPS = 20;

    @Test
    void names_a_test_that_is_there_for_each_trap() throws IOException {
        List<String> traps = Files.readAllLines(Path.of("README.md")).stream()
                .dropWhile(line -> !line.startsWith("| trap |"))
                .skip(2)
                .takeWhile(line -> line.startsWith("|"))
                .toList();
        assertThat(traps).hasSize(TRAPS);
        Map<String, String> sources = sources();
        for (String trap : traps) {
            List<MatchResult> tests = TEST.matcher(trap).results().toList();
            assertThat(tests).as(trap).isNotEmpty();
            for (MatchResult test : tests) {
                assertThat(sources.getOrDefault(test.group(1), ""))
                        .as(test.group())
                        .contains("    @");
                assertThat(sources.get(test.group(1))).as(test.group()).contains("    void " + test.group(2) + "(");
            }
        }
    }

    private static Map<String, String> sources() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .collect(Collectors.toMap(
                            file -> file.getFileName().toString().replace(".java", ""), TrapsTest::read, (a, b) -> a));
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
