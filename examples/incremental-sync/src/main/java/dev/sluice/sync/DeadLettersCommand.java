package dev.sluice.sync;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Holds the commands on dead letters. */
@Command(
        name = "dead-letters",
        description = "Lists, shows, replays, exports or removes the rows that could not be delivered.")
final class DeadLettersCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** With its commands. */
    static CommandLine line(Console console, StopSwitch stop) {
        return new CommandLine(new DeadLettersCommand())
                .addSubcommand(new DeadLettersListCommand(console))
                .addSubcommand(new DeadLettersShowCommand(console))
                .addSubcommand(new DeadLettersReplayCommand(console, stop))
                .addSubcommand(new DeadLettersExportCommand(console))
                .addSubcommand(new DeadLettersRemoveCommand(console));
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(), "name a command: dead-letters list, show, replay, export or remove");
    }
}
