package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.receipt.Receipt;

/** The account that must hold after every push, whatever happened. */
final class Accounts {
    private Accounts() {}

    static Receipt balanced(Receipt receipt) {
        assertThat(receipt.delivered() + receipt.superseded() + receipt.dead() + receipt.undelivered())
                .as("delivered + superseded + dead + undelivered of %s", receipt)
                .isEqualTo(receipt.submitted());
        assertThat(receipt.parts()).allSatisfy(Accounts::sound);
        return receipt;
    }

    private static void sound(Receipt.Part part) {
        assertThat(part.rows()).isPositive();
        assertThat(part.delivered()).isNotNegative();
        assertThat(part.dead()).isNotNegative();
        assertThat(part.undelivered()).isNotNegative();
    }
}
