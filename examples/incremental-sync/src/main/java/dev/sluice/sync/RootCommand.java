package dev.sluice.sync;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command without a command: only what all of them share. */
@Command(
        name = "incremental-sync",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        version = "incremental-sync 0.1.0",
        description = "Carries what changed in tables of a database to a Stream API.",
        footerHeading = "%nExit status:%n",
        footer = {
            "  0  everything was delivered",
            "  1  something was not delivered; stderr says what, why and what to do",
            "  2  the usage or the configuration is wrong"
        })
final class RootCommand implements Runnable {
    @Option(
            names = "--verbose",
            scope = ScopeType.INHERIT,
            description = "Also shows stack traces and the libraries' warnings, on stderr.")
    private boolean verbose;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    boolean isVerbose() {
        return verbose;
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(), "name a command: demo, check, sync, watch, replay, view, state or dead-letters");
    }
}
