package dev.sluice.sync;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Tells whether a person watches stderr: the Java library only knows of stdin and stdout. */
final class Terminal {
    private Terminal() {}

    /** Asks the shell's own {@code test -t 2}; where there is none, as on Windows, nobody watches. */
    static boolean isStderr(Map<String, String> environment) {
        if (environment.getOrDefault("TERM", "dumb").equals("dumb")) {
            return false;
        }
        try {
            Process test = new ProcessBuilder("test", "-t", "2")
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            return test.waitFor(5, TimeUnit.SECONDS) && test.exitValue() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
