package dev.sluice.benchmarks.sync;

import java.io.IOException;
import java.util.List;

/** A contestant that is a program of its own, and no class that is run in a JVM with the flags of all. */
interface External {
    Contender contender();

    /** The command that carries the job's table; each is run once. */
    List<String> command(Job job) throws IOException;

    /** What stands in the contestant's place where one is asked for. */
    static Contestant runsAlone() {
        return (job, settled) -> {
            throw new UnsupportedOperationException("it is no class of ours");
        };
    }
}
