package dev.sluice.sync;

import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Option;

/** The option that names the configuration file. */
final class ConfigOption {
    @Option(
            names = "--config",
            paramLabel = "FILE",
            defaultValue = "sync.yaml",
            description = "The configuration file; ${DEFAULT-VALUE} unless given.")
    private Path file = Path.of("sync.yaml");

    ConfigFile load(Map<String, String> environment) {
        return ConfigFile.load(file, environment);
    }
}
