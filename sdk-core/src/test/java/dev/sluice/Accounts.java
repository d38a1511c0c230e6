package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.receipt.Receipt;

/** The account that must hold after every push, whatever happened. */
final class Accounts {
    private Accounts() {}

    static Receipt balanced(Receipt receipt) {
        assertThat(receipt.delivered()
                        + receipt.superseded()
                        + receipt.dead()
                        + receipt.spooled()
                        + receipt.undelivered())
                .as("delivered + superseded + dead + undelivered of %s", receipt)
                .isEqualTo(receipt.submitted());
        assertThat(receipt.parts()).allSatisfy(Accounts::sound);
        return receipt;
    }

    static Ledger balanced(Ledger ledger) {
        assertThat(ledger.delivered() + ledger.superseded() + ledger.dead() + ledger.held() + ledger.pending())
                .as("delivered + superseded + dead + held + pending of %s", ledger)
                .isEqualTo(ledger.submitted());
        assertThat(ledger.pending()).as("pending of %s", ledger).isNotNegative();
        return ledger;
    }

    /** The report of an end: nothing is under way any more, and what a writer or an unwatched push left is in it. */
    static CloseReport balanced(CloseReport report) {
        assertThat(balanced(report.ledger()).pending()).isEqualTo(report.spooledRows());
        assertThat(report.heldRows()).isLessThanOrEqualTo(report.ledger().held());
        return report;
    }

    private static void sound(Receipt.Part part) {
        assertThat(part.rows()).isPositive();
        assertThat(part.delivered()).isNotNegative();
        assertThat(part.dead()).isNotNegative();
        assertThat(part.undelivered()).isNotNegative();
    }
}
