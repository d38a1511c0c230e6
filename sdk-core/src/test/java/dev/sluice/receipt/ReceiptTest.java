package dev.sluice.receipt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.batch.BatchId;
import dev.sluice.receipt.Receipt.Part;
import dev.sluice.receipt.Receipt.Status;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReceiptTest {
    private static Part part(Status status, int rows, int delivered, int dead, String... warnings) {
        return new Part(new BatchId("b"), status, rows, delivered, dead, 0, 2, null, null, "", List.of(warnings));
    }

    private static Receipt receipt(Part... parts) {
        return new Receipt("a.b", 10, 1, List.of(parts));
    }

    @Test
    void adds_up_its_parts() {
        Receipt receipt = receipt(
                part(Status.ACCEPTED, 3, 3, 0), part(Status.PARTIAL, 4, 1, 3), part(Status.UNDELIVERED, 2, 0, 0));
        assertThat(receipt.delivered()).isEqualTo(4);
        assertThat(receipt.dead()).isEqualTo(3);
        assertThat(receipt.undelivered()).isEqualTo(2);
        assertThat(receipt.attempts()).isEqualTo(6);
        assertThat(receipt.isSettled()).isFalse();
    }

    @Test
    void has_the_status_of_its_worst_part() {
        Part committed = part(Status.COMMITTED, 1, 1, 0);
        Part partial = part(Status.PARTIAL, 2, 1, 1);
        assertThat(receipt(committed).status()).isEqualTo(Status.COMMITTED);
        assertThat(receipt(committed, part(Status.ACCEPTED, 1, 1, 0)).status()).isEqualTo(Status.ACCEPTED);
        assertThat(receipt(partial, committed).status()).isEqualTo(Status.PARTIAL);
        assertThat(receipt(part(Status.DEAD, 1, 0, 1), partial).status()).isEqualTo(Status.DEAD);
        assertThat(receipt(part(Status.UNDELIVERED, 1, 0, 0), partial).status()).isEqualTo(Status.UNDELIVERED);
    }

    @Test
    void names_the_first_part_that_was_not_delivered_in_full() {
        Part dead = part(Status.DEAD, 1, 0, 1);
        assertThat(receipt(part(Status.ACCEPTED, 1, 1, 0), part(Status.COMMITTED, 1, 1, 0))
                        .firstProblem())
                .isEmpty();
        assertThat(receipt(part(Status.ACCEPTED, 1, 1, 0), dead, part(Status.UNDELIVERED, 1, 0, 0))
                        .firstProblem())
                .contains(dead);
    }

    @Test
    void tells_each_warning_once() {
        assertThat(receipt(part(Status.ACCEPTED, 1, 1, 0, "x", "y"), part(Status.ACCEPTED, 1, 1, 0, "y", "z"))
                        .warnings())
                .containsExactly("x", "y", "z");
    }
}
