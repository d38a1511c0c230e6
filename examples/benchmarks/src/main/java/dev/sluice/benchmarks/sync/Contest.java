package dev.sluice.benchmarks.sync;

import dev.sluice.benchmarks.measure.ChildProcess;
import dev.sluice.benchmarks.measure.Sink;
import dev.sluice.benchmarks.measure.Tally;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Lets contestants carry one table, each in a process of its own and one after the other, round by round. */
final class Contest {
    private static final String HEAD = """
            | contestant | is | whole process, s: median (fastest-slowest) | x | within, s | x | rows/s | CPU s | peak RSS MB | sent MB | allocated/JSON byte (second half) |
            |---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|
            """;

    private final Job job;
    private final List<String> flags;
    private final Sink sink;
    private final Map<String, External> externals = new HashMap<>();
    private final Map<String, Standing> standings = new LinkedHashMap<>();

    Contest(Job job, List<String> flags, Sink sink, List<Contender> contenders, List<External> externals) {
        this.job = job;
        this.flags = flags;
        this.sink = sink;
        contenders.forEach(one -> standings.put(one.name(), new Standing(one)));
        for (External one : externals) {
            standings.put(one.contender().name(), new Standing(one.contender()));
            this.externals.put(one.contender().name(), one);
        }
    }

    /** Rounds are interleaved: what disturbs the machine for a while does not hit one contestant alone. */
    void run(int rounds) throws IOException, InterruptedException {
        for (int round = 1; round <= rounds; round++) {
            for (Standing standing : standings.values()) {
                ChildProcess child = run(standing.contender(), false);
                standing.add(child, arrived(standing.contender()));
                Log.say("round %d: %s %.2f s", round, standing.contender().name(), child.nanos() / 1e9);
            }
        }
        for (Standing standing : standings.values()) {
            Contender contender = standing.contender();
            boolean inJvm = !externals.containsKey(contender.name());
            if (inJvm
                    && (contender.kind() == Contender.Kind.OURS
                            || contender.name().equals(Contender.NAIVE))) {
                standing.metered(Lap.of(run(contender, true)));
                arrived(contender);
                Log.say("memory: %s %.2f bytes/byte", contender.name(), standing.allocatedPerByte());
            }
        }
    }

    private ChildProcess run(Contender contender, boolean metered) throws IOException, InterruptedException {
        sink.expect(contender.batch(), job.rows());
        External external = externals.get(contender.name());
        List<String> command = external == null ? Lap.command(contender, job, flags, metered) : external.command(job);
        return ChildProcess.run(contender.name(), command);
    }

    private Tally arrived(Contender contender) throws IOException {
        Tally tally = sink.tally();
        long due = contender.kind() == Contender.Kind.READ ? 0 : job.rows();
        if (tally.events() != due) {
            throw new IllegalStateException(
                    contender.name() + " sent " + due + " rows, and " + tally.events() + " came");
        }
        return tally;
    }

    Optional<Standing> named(String name) {
        return Optional.ofNullable(standings.get(name));
    }

    /** How many times as long as the base it took, whole processes compared. */
    double ratio(String name, String base) {
        return named(name).orElseThrow().seconds() / named(base).orElseThrow().seconds();
    }

    String table(String base) {
        Standing first = named(base).orElseThrow();
        StringBuilder table = new StringBuilder(HEAD);
        standings.values().forEach(standing -> table.append(standing.line(first, job.rows())));
        return table.toString();
    }

    Plot.Group bars(String title, String base) {
        return new Plot.Group(
                title,
                standings.values().stream()
                        .map(standing -> new Plot.Bar(
                                standing.contender().name(),
                                ratio(standing.contender().name(), base),
                                standing.contender().kind().isOurs()))
                        .toList());
    }
}
