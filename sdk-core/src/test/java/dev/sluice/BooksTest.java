package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.batch.Batch;
import dev.sluice.receipt.Receipt;
import java.util.List;
import org.junit.jupiter.api.Test;

class BooksTest {
    private final Books books = new Books(1_000);
    private final Books.Account account = books.pushes("a.b");

    private static Receipt.Part delivered(Batch batch) {
        return new Receipt.Part(
                batch.id(), Receipt.Status.ACCEPTED, batch.rows(), batch.rows(), 0, 0, 1, null, null, "", List.of());
    }

    @Test
    void lets_rows_in_as_long_as_there_is_room() {
        assertThat(books.admit(account, 1, 500)).isTrue();
        assertThat(books.admit(account, 1, 1)).isFalse();
        assertThat(books.ledger()).isEqualTo(new Ledger(1, 0, 0, 0, 0, 1));
    }

    @Test
    void leaves_the_other_half_to_other_tables() {
        books.admit(account, 1, 500);
        assertThat(books.admit(books.pushes("c.d"), 1, 500)).isTrue();
        assertThat(books.admit(books.pushes("e.f"), 1, 1)).isFalse();
        assertThat(books.bytes()).isEqualTo(1_000);
    }

    @Test
    void shares_the_half_of_a_table_among_its_writers() {
        books.admit(books.open("a.b"), 1, 300);
        assertThat(books.admit(books.open("a.b"), 1, 201)).isFalse();
        assertThat(books.admit(account, 1, 200)).isTrue();
    }

    @Test
    void lets_in_what_is_larger_than_everything_when_there_is_nothing_else() {
        assertThat(books.admit(account, 1, 5_000)).isTrue();
        assertThat(books.admit(books.pushes("c.d"), 1, 1)).isFalse();
    }

    @Test
    void forgets_rows_that_were_refused_after_all() {
        books.admit(account, 2, 100);
        books.revoke(account, 2, 100);
        assertThat(books.ledger()).isEqualTo(Ledger.EMPTY);
        assertThat(books.bytes()).isZero();
    }

    @Test
    void frees_as_much_for_a_batch_as_its_rows_took() {
        Batch batch = PushTest.batch("b", 7);
        for (int row = 0; row < 7; row++) {
            books.admit(account, 1, Books.cost(batch.row(row).length));
        }
        books.settle(account, batch, List.of(delivered(batch)), List.of());
        assertThat(books.bytes()).isZero();
        assertThat(books.ledger()).isEqualTo(new Ledger(7, 7, 0, 0, 0, 0));
    }

    @Test
    void frees_as_much_for_the_halves_of_a_batch_as_for_the_whole() {
        Batch batch = PushTest.batch("b", 7);
        assertThat(batch.split().stream().mapToLong(Books::cost).sum()).isEqualTo(Books.cost(batch));
    }

    @Test
    void keeps_the_rows_of_an_account_that_has_closed_with_its_table() {
        Books.Account writer = books.open("a.b");
        books.admit(writer, 3, 100);
        books.close(writer);
        books.close(writer);
        assertThat(books.ledger("a.b").submitted()).isEqualTo(3);
        assertThat(books.ledger(writer).submitted()).isEqualTo(3);
    }
}
