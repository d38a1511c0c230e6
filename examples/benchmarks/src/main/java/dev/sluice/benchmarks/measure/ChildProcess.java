package dev.sluice.benchmarks.measure;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A process that ran to its good end.
 *
 * @param output what it wrote to stdout
 * @param nanos how long it took, from its start to its end
 */
public record ChildProcess(String output, long nanos) {
    /** How a line with results begins, among whatever else a library prints. */
    public static final String RESULT = "RESULT ";

    /** The command that runs a class of ours in a JVM of its own. */
    public static List<String> java(List<String> flags, Class<?> main, List<String> args) {
        List<String> command = new ArrayList<>();
        command.add(java());
        command.addAll(flags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(args);
        return command;
    }

    /** The program that runs this JVM. */
    public static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /**
     * The flags less its collector if the meter's come too: a JVM takes one.
     *
     * @param meter {@link HeapMeter#FLAGS}, or none
     */
    public static List<String> flags(List<String> flags, List<String> meter) {
        List<String> all = new ArrayList<>(flags);
        all.removeIf(flag -> !meter.isEmpty() && flag.matches("-XX:\\+Use\\w+GC"));
        all.addAll(meter);
        return all;
    }

    /**
     * Runs a command, with its stderr where ours is.
     *
     * @throws IllegalStateException if its status is not 0
     */
    public static ChildProcess run(String name, List<String> command) throws IOException, InterruptedException {
        long start = System.nanoTime();
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int status = process.waitFor();
        long nanos = System.nanoTime() - start;
        if (status != 0) {
            throw new IllegalStateException(name + " ended with status " + status);
        }
        return new ChildProcess(output, nanos);
    }

    /** The numbers of each line with results. */
    public List<long[]> results() {
        List<long[]> results = output.lines()
                .filter(line -> line.startsWith(RESULT))
                .map(line -> line.substring(RESULT.length()).split(" ", -1))
                .map(ChildProcess::numbers)
                .toList();
        if (results.isEmpty()) {
            throw new IllegalStateException("no result: " + output);
        }
        return results;
    }

    private static long[] numbers(String[] words) {
        long[] numbers = new long[words.length];
        for (int i = 0; i < words.length; i++) {
            numbers[i] = Long.parseLong(words[i]);
        }
        return numbers;
    }
}
