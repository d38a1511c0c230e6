package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Random programs against a client whose lake, hook and clock misbehave at random. After every step the client's sums
 * have to agree with what really happened to each row, and after every fourth each writer's and table's too.
 */
class ClientModelTest {
    private static final int RUNS = Integer.getInteger("model.runs", 2_300);
    private static final int STEPS = 200;

    @Test
    void accounts_for_every_row_after_every_step_when_all_goes_wrong_at_random() {
        long steps = 0;
        Set<String> corners = new TreeSet<>();
        int from = Integer.getInteger("model.seed", 0);
        for (int seed = from; seed < from + RUNS; seed++) {
            ModelRun run = new ModelRun(seed);
            try {
                steps += run.run(STEPS);
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed + " failed after: " + run.lastSteps() + " with " + run, e);
            }
            corners.addAll(run.corners());
        }
        assertThat(steps).isGreaterThan(300_000);
        // The random script reaches every corner, or the checks above would prove little.
        assertThat(corners)
                .contains("part ACCEPTED", "part COMMITTED", "part PARTIAL", "part DEAD", "part UNDELIVERED")
                .contains("letter REJECTED", "letter INVALID", "letter TOO_LARGE")
                .contains("letter PARTIAL", "letter UNDELIVERED", "letter UNKNOWN")
                .contains("held Undelivered", "held OutcomeUnknown", "held Unauthorized", "held Rejected")
                .contains("held PartlyWritten", "held Stopped", "held Aborted", "held systemic", "held not tried")
                .contains("policy RETRY", "policy HOLD", "policy DEAD_LETTER", "hook threw", "no hook")
                .contains("row SUPERSEDED", "row ACCEPTED", "row COMMITTED", "row PARTIAL", "row DEAD", "row failed")
                .contains("offer refused", "write refused", "push refused", "single large batch")
                .contains("keyless thrown", "keyless buried", "writer stopped", "writer closed", "flush timed out")
                .contains(
                        "breaker open",
                        "wall clock back",
                        "interrupted",
                        "abandoned",
                        "abandoned in part",
                        "late end",
                        "aborted")
                .contains("closed at once", "closed in peace", "held taken", "batch pushed again", "late write")
                .contains("push hopeless", "lingers");
    }
}
