package dev.sluice.examples.push;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class ReadmeTest {
    private static final Path ROOT = Path.of("../..");
    private static final Pattern JAVA_BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    private static final Pattern SNIPPET = Pattern.compile("// snippet \\w+\n(.*?)\n *// end", Pattern.DOTALL);

    @Test
    void shows_only_code_that_compiles() throws IOException {
        List<String> shown = all(JAVA_BLOCK, Files.readString(ROOT.resolve("README.md")));
        List<String> compiled = new ArrayList<>();
        compiled.addAll(all(SNIPPET, source("main", "ReadmeSnippets")));
        compiled.addAll(all(SNIPPET, source("test", "ReadmeKitTest")));
        assertThat(shown).hasSize(9).isEqualTo(compiled);
    }

    @Test
    void names_the_command_that_the_build_server_runs() throws IOException {
        String readme = Files.readString(ROOT.resolve("README.md"));
        assertThat(Files.readString(ROOT.resolve(".ci/run"))).endsWith("exec mvn verify\n");
        assertThat(readme).contains("```sh\nmvn verify\n```");
    }

    private static String source(String set, String type) throws IOException {
        return Files.readString(Path.of("src", set, "java/dev/sluice/examples/push", type + ".java"));
    }

    private static List<String> all(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(ReadmeTest::withoutIndent).toList();
    }

    private static String withoutIndent(MatchResult match) {
        return match.group(1).stripIndent().strip();
    }
}
