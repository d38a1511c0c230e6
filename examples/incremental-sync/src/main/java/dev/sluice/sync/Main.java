package dev.sluice.sync;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** Runs the incremental sync from the command line. */
public final class Main {
    private static final List<String> COMMANDS =
            List.of("demo", "check", "sync", "watch", "replay", "view", "state", "dead-letters", "train");

    private Main() {}

    /** Exits with 0 if everything was delivered, 1 if something was not, 2 if the usage or configuration is wrong. */
    public static void main(String[] args) {
        PrintStream out = utf8(FileDescriptor.out);
        int status = run(List.of(args), new Console(System.getenv(), out, utf8(FileDescriptor.err), true), out);
        System.exit(status);
    }

    /** Rows are UTF-8 whatever the locale is, and cron's has no letters but ASCII's. */
    private static PrintStream utf8(FileDescriptor stream) {
        return new PrintStream(new BufferedOutputStream(new FileOutputStream(stream)), true, StandardCharsets.UTF_8);
    }

    /** The same within a process: returns the status, hears no signals and prints where it is told to. */
    static int run(List<String> args, Map<String, String> environment, PrintStream out, PrintStream err) {
        return run(args, new Console(environment, out, err, false), out);
    }

    private static int run(List<String> args, Console console, PrintStream out) {
        StopSwitch stop = new StopSwitch(console);
        RootCommand root = new RootCommand();
        CommandLine line = new CommandLine(root);
        named(args).forEach(name -> line.addSubcommand(command(name, console, stop)));
        line.setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF))
                .setOut(new PrintWriter(out, true, StandardCharsets.UTF_8));
        line.setExecutionStrategy(parsed -> {
                    console.verbose(root.isVerbose());
                    Logs.show(root.isVerbose());
                    return new CommandLine.RunLast().execute(parsed);
                })
                .setParameterExceptionHandler((e, words) -> misused(e, console))
                .setExecutionExceptionHandler((e, command, parsed) -> failed(e, console));
        int status = line.execute(args.toArray(String[]::new));
        int told = console.isWritten() ? status : unwritten(status, console);
        stop.ended(told);
        return told;
    }

    /** The annotations of all commands take longer to read than many a sync: a command that is named needs no other. */
    private static List<String> named(List<String> args) {
        return !args.isEmpty() && COMMANDS.contains(args.get(0)) ? args.subList(0, 1) : COMMANDS;
    }

    private static Object command(String name, Console console, StopSwitch stop) {
        return switch (name) {
            case "demo" -> new DemoCommand(console, stop);
            case "check" -> new CheckCommand(console);
            case "sync" -> new SyncCommand(console, stop);
            case "watch" -> new WatchCommand(console, stop);
            case "replay" -> new ReplayCommand(console, stop);
            case "view" -> new ViewCommand(console);
            case "state" -> StateCommand.line(console);
            case "train" -> new TrainCommand();
            default -> DeadLettersCommand.line(console, stop);
        };
    }

    private static int misused(CommandLine.ParameterException e, Console console) {
        String meant = "";
        if (e instanceof CommandLine.UnmatchedArgumentException unmatched
                && !unmatched.getSuggestions().isEmpty()) {
            meant = " (did you mean " + String.join(" or ", unmatched.getSuggestions()) + "?)";
        }
        String command = e.getCommandLine().getCommandSpec().qualifiedName();
        console.problem(Words.firstLine(e) + meant + "; " + command + " --help tells what there is", e);
        return Status.WRONG_USAGE;
    }

    private static int failed(Exception e, Console console) {
        console.problem(Failures.of(e), e);
        return e instanceof CliException known ? known.status() : Status.NOT_DELIVERED;
    }

    private static int unwritten(int status, Console console) {
        console.progress("the results could not be written to stdout: see whether its disk is full or its reader gone");
        return Math.max(status, Status.NOT_DELIVERED);
    }
}
