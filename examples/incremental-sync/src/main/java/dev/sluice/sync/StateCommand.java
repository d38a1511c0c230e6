package dev.sluice.sync;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Holds the commands on checkpoints. */
@Command(name = "state", description = "Shows, sets back or resets how far each table has come.")
final class StateCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** With its commands. */
    static CommandLine line(Console console) {
        return new CommandLine(new StateCommand())
                .addSubcommand(new StateShowCommand(console))
                .addSubcommand(new StateRewindCommand(console))
                .addSubcommand(new StateResetCommand(console));
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "name a command: state show, rewind or reset");
    }
}
