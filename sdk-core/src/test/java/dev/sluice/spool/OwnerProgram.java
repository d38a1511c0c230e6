package dev.sluice.spool;

import java.nio.file.Path;
import java.util.List;

/** Opens a spool, takes two batches in and one of them out, and holds on to it. */
final class OwnerProgram {
    private OwnerProgram() {}

    public static void main(String[] args) throws Exception {
        Spool spool = Spool.sqlite(Path.of(args[0]));
        spool.put(List.of(Samples.batch("a"), Samples.batch("b")), true);
        Spool.Claim claim = spool.claim(Samples.TABLE).orElseThrow();
        spool.end(claim.lease(), new Span(0, 1), null);
        spool.attempting(claim.lease(), new Span(1, 2));
        System.out.println("ready");
        System.in.read();
    }
}
