package dev.sluice.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The script as the build copies it, beside a jar that leads to the classes under test. */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
    @TempDir
    Path folder;

    private Path program;
    private Path link;

    @BeforeEach
    void installs() throws IOException {
        program = Files.createDirectory(folder.resolve("a program's folder"));
        Files.copy(Path.of("src/main/launcher/sluice"), program.resolve("sluice"));
        jar(program.resolve("incremental-sync.jar"));
        Path bin = Files.createDirectory(folder.resolve("bin"));
        Path first = Files.createSymbolicLink(bin.resolve("first"), Path.of("../a program's folder/sluice"));
        link = Files.createSymbolicLink(folder.resolve("sluice"), first);
    }

    @Test
    void syncs_through_links_when_the_folder_has_spaces() throws Exception {
        Shop shop = Shop.open();
        shop.run("DELETE FROM customers; DELETE FROM orders; DELETE FROM products");
        Setup setup = new Setup(folder).database(shop.url()).write();

        Ran ran = run(Map.of(), "sync", "--config", setup.file().toString());

        assertThat(ran.out()).as(ran.err()).contains("total: 0 rows of 3 tables, 0 dead, 0 held back");
        assertThat(ran.status()).isZero();
    }

    @Test
    void passes_the_status_on_and_goes_without_an_archive_that_does_not_fit() throws Exception {
        Files.writeString(program.resolve("sluice.jsa"), "of another Java");

        Ran ran = run(Map.of(), "sync", "--tabel");

        assertThat(ran.out()).isEmpty();
        assertThat(ran.err()).startsWith("Unknown option: '--tabel'").hasLineCount(1);
        assertThat(ran.status()).isEqualTo(2);
    }

    @Test
    void gives_its_options_to_Java() throws Exception {
        Ran ran = run(Map.of("JAVA_OPTS", "-Dsluice.one=1 -XshowSettings:properties"), "--version");

        assertThat(ran.err()).contains("sluice.one = 1");
        assertThat(ran.out()).startsWith("incremental-sync ");
        assertThat(ran.status()).isZero();
    }

    private record Ran(int status, String out, String err) {}

    private Ran run(Map<String, String> environment, String... arguments) throws Exception {
        ProcessBuilder process = new ProcessBuilder(
                Stream.concat(Stream.of(link.toString()), Stream.of(arguments)).toList());
        process.environment().put("JAVA_HOME", System.getProperty("java.home"));
        process.environment().putAll(environment);
        File out = folder.resolve("out").toFile();
        File err = folder.resolve("err").toFile();
        Process started = process.redirectOutput(out).redirectError(err).start();
        try {
            assertThat(started.waitFor(60, TimeUnit.SECONDS)).isTrue();
            return new Ran(started.exitValue(), text(out), text(err));
        } finally {
            started.destroyForcibly();
        }
    }

    private static String text(File file) throws IOException {
        return Files.readString(file.toPath(), StandardCharsets.UTF_8);
    }

    private static void jar(Path file) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, "dev.sluice.sync.Main");
        manifest.getMainAttributes()
                .put(
                        Attributes.Name.CLASS_PATH,
                        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                                .map(part -> Path.of(part).toUri().toString())
                                .collect(Collectors.joining(" ")));
        new JarOutputStream(Files.newOutputStream(file), manifest).close();
    }
}
