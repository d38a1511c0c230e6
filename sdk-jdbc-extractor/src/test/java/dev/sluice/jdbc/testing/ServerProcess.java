package dev.sluice.jdbc.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A program of a database: it is watched by what it writes, and its last lines are kept for when it fails. */
final class ServerProcess {
    private static final int KEPT_LINES = 30;
    private static final long SECONDS = 120;

    private final String command;
    private final String readyText;
    private final Process process;
    private final CountDownLatch readyOrEnded = new CountDownLatch(1);
    private final CountDownLatch outputEnded = new CountDownLatch(1);
    private final Deque<String> last = new ArrayDeque<>();
    private boolean ready;

    /** Starts a program that writes a line with {@code readyText} when it can be used. */
    ServerProcess(ProcessBuilder builder, String readyText) {
        this.command = String.join(" ", builder.command());
        this.readyText = readyText;
        try {
            process = builder.redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread reader = new Thread(this::read, "server-output");
        reader.setDaemon(true);
        reader.start();
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    void awaitReady() {
        if (!awaited(readyOrEnded::await)) {
            process.destroyForcibly();
            throw failed("was not ready within " + SECONDS + " s");
        }
        if (!isReady()) {
            throw failed("ended before it was ready");
        }
    }

    /** Waits for the end of a program that ends by itself; throws unless it ends well. */
    void awaitSuccess() {
        awaitEnd();
        if (process.exitValue() != 0) {
            throw failed("ended with " + process.exitValue());
        }
    }

    /** Asks the program to end, and waits for that. */
    void stop() {
        process.destroy();
        awaitEnd();
    }

    synchronized String lastLines() {
        return String.join("\n", last);
    }

    private void awaitEnd() {
        if (!awaited(process::waitFor) || !awaited(outputEnded::await)) {
            process.destroyForcibly();
            throw failed("did not end within " + SECONDS + " s");
        }
    }

    private void read() {
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                keep(line);
            }
        } catch (IOException e) {
            keep(e.toString());
        } finally {
            outputEnded.countDown();
            readyOrEnded.countDown();
        }
    }

    private synchronized void keep(String line) {
        last.addLast(line);
        if (last.size() > KEPT_LINES) {
            last.removeFirst();
        }
        if (line.contains(readyText)) {
            ready = true;
            readyOrEnded.countDown();
        }
    }

    private synchronized boolean isReady() {
        return ready;
    }

    private IllegalStateException failed(String what) {
        return new IllegalStateException(command + " " + what + ". It wrote last:\n" + lastLines());
    }

    private static boolean awaited(Wait wait) {
        try {
            return wait.await(SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while a database was waited for", e);
        }
    }

    private interface Wait {
        boolean await(long time, TimeUnit unit) throws InterruptedException;
    }
}
