package dev.sluice.benchmarks.sync;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** A table from its first row to its last, by each contestant. */
final class WholeTable {
    private static final String SCRIPT_AIM = "PostgreSQL, whole table: rows a second of a Python script";
    private static final String MYSQL_AIM = "MySQL, whole table: sync with 5,000-row batches, of a plain JDBC read";
    private static final double MYSQL_MOST = 1.3;
    private static final double SCRIPT_LEAST = 20;
    private static final double ALLOCATED_MOST = 1.5;

    private WholeTable() {}

    static Section onPostgres(Bench bench) throws IOException, InterruptedException {
        Optional<External> script = Script.into(bench.folder());
        Optional<External> program = Program.of(bench);
        List<External> externals =
                Stream.of(program, script).flatMap(Optional::stream).toList();
        Contest contest = contest(bench, bench.postgres(), Contender.POSTGRES, externals);
        List<Aim> aims = new ArrayList<>();
        aims.add(read(contest, 5_000, 1.25));
        aims.add(read(contest, 1_000, 1.5));
        aims.add(allocated(contest));
        aims.add(
                script.isPresent()
                        ? Aim.atLeast(
                                SCRIPT_AIM,
                                SCRIPT_LEAST,
                                contest.ratio(Contender.SCRIPT, Contender.sync(5_000)),
                                " times")
                        : Aim.notRun(SCRIPT_AIM, "at least 20 times", Script.MISSING));
        String text = contest.table(Contender.COPY)
                + (script.isPresent() ? "" : "\n`script` was not run: " + Script.MISSING + ".\n")
                + (program.isPresent() ? "" : "\n`program` was not run: it was not built.\n")
                + size(contest, bench);
        return new Section(
                "PostgreSQL, whole table",
                text,
                aims,
                Optional.of(contest.bars("PostgreSQL, whole table: time, COPY = 1", Contender.COPY)));
    }

    static Section onMySql(Bench bench) throws IOException, InterruptedException {
        Optional<String> missing = bench.noMySql();
        if (missing.isPresent()) {
            return new Section(
                    "MySQL, whole table",
                    "Not run: " + missing.get(),
                    List.of(Aim.notRun(MYSQL_AIM, "at most 1.3 times", "MySQL does not start here")));
        }
        Contest contest = contest(bench, bench.mySql(), Contender.MYSQL, List.of());
        Aim aim = Aim.atMost(MYSQL_AIM, MYSQL_MOST, contest.ratio(Contender.sync(5_000), Contender.JDBC), " times");
        return new Section(
                "MySQL, whole table",
                contest.table(Contender.JDBC) + size(contest, bench),
                List.of(aim),
                Optional.of(contest.bars("MySQL, whole table: time, plain JDBC read = 1", Contender.JDBC)));
    }

    private static Contest contest(Bench bench, Job job, List<Contender> contenders, List<External> externals)
            throws IOException, InterruptedException {
        Contest contest = new Contest(job, bench.options().jvm(), bench.sink(), contenders, externals);
        contest.run(bench.options().rounds());
        return contest;
    }

    private static Aim read(Contest contest, int batch, double most) {
        return Aim.atMost(
                String.format(Locale.ROOT, "PostgreSQL, whole table: sync with %,d-row batches, of `COPY`", batch),
                most,
                contest.ratio(Contender.sync(batch), Contender.COPY),
                " times");
    }

    private static Aim allocated(Contest contest) {
        return Aim.atMost(
                "PostgreSQL, whole table: bytes allocated for each byte of JSON, start and warm-up included",
                ALLOCATED_MOST,
                contest.named(Contender.sync(5_000)).orElseThrow().allocatedPerByte(),
                "");
    }

    private static String size(Contest contest, Bench bench) {
        return String.format(
                Locale.ROOT,
                "%n%,d rows, %,d bytes in the requests of sync-5000.%n",
                bench.options().rows(),
                contest.named(Contender.sync(5_000)).orElseThrow().bytes());
    }
}
