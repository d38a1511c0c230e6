package dev.sluice;

import static dev.sluice.receipt.DeadLetterStoreContract.letter;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.ReplayReport.Status;
import dev.sluice.batch.BatchId;
import dev.sluice.batch.RowBuffer;
import dev.sluice.receipt.DeadLetter.Reason;
import dev.sluice.receipt.DeadLetterStore;
import dev.sluice.receipt.DeadLetters;
import dev.sluice.row.Destination;
import dev.sluice.row.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReplayTest extends PushTest {
    private static final Destination EVENTS = Destination.append(TABLE).tag("job", "1");
    private static final Destination MERGE = Destination.merge("bronze.customers", "id");

    @TempDir
    Path directory;

    private DeadLetterStore store() {
        return DeadLetters.directory(directory);
    }

    private void keep(String id, Destination to, Reason reason, String... rows) {
        store().keep(letter(id, to, reason, rows));
    }

    private List<String> left() {
        return store().list().stream().map(one -> one.batch().value()).toList();
    }

    private ReplayReport replay(UnaryOperator<Replay> how) {
        try (StreamClient client = settings.build()) {
            return how.apply(Replay.of(client, store())).run();
        }
    }

    private ReplayReport replay() {
        return replay(all -> all);
    }

    private static List<Status> statuses(ReplayReport report) {
        return report.letters().stream().map(ReplayReport.Letter::status).toList();
    }

    private static Optional<Replay.Current> current(int gone, String... rows) {
        if (rows.length == 0) {
            return Optional.of(new Replay.Current(null, gone));
        }
        RowBuffer buffer = new RowBuffer();
        List.of(rows).forEach(row -> buffer.add(Row.json(row)));
        return Optional.of(new Replay.Current(buffer.toBatch(new BatchId("current"), MERGE), gone));
    }

    @Test
    void takes_a_letter_out_of_the_store_when_its_rows_are_written() {
        keep("b", EVENTS, Reason.UNDELIVERED, "{\"id\":1}", "{\"id\":2}");
        ReplayReport report = replay();
        assertThat(transport.bodies()).containsExactly("{\"id\":1},{\"id\":2}");
        assertThat(left()).isEmpty();
        assertThat(report.isClean()).isTrue();
        assertThat(report.written()).isEqualTo(2);
    }

    @Test
    void keeps_a_letter_in_the_store_until_its_rows_are_written() {
        keep("b", EVENTS, Reason.UNDELIVERED, "{}");
        transport.answer(batch -> {
            assertThat(left()).containsExactly("b");
            return Replies.allWritten(batch);
        });
        replay();
        assertThat(left()).isEmpty();
    }

    @Test
    void sends_under_an_id_that_is_neither_new_each_time_nor_the_old_one() throws IOException {
        for (int i = 0; i < 2; i++) {
            keep("b", EVENTS, Reason.UNDELIVERED, "{\"id\":1}");
            replay();
        }
        keep("b", EVENTS, Reason.UNDELIVERED, "{\"id\":1}");
        Path file = directory.resolve(store().list().get(0).name() + ".ndjson");
        Files.writeString(file, Files.readString(file).replace("{\"id\":1}", "{\"id\":3}"));
        replay();
        keep("other", EVENTS, Reason.UNDELIVERED, "{\"id\":1}");
        replay();
        List<String> ids = transport.ids();
        assertThat(ids.get(0)).isNotEqualTo("b").isEqualTo(ids.get(1));
        assertThat(ids.subList(1, 4)).doesNotHaveDuplicates();
    }

    @Test
    void leaves_what_a_push_function_rejected_to_its_runner() {
        keep("b", Destination.append("push.crm").tag("push_target", "crm"), Reason.REJECTED, "{}");
        ReplayReport report = replay(all -> all.force().acceptDuplicates());
        assertThat(statuses(report)).containsExactly(Status.SKIPPED);
        assertThat(report.letters().get(0).why()).contains("PushRunner.replay");
        assertThat(transport.sent()).isEmpty();
        assertThat(left()).containsExactly("b");
    }

    @Test
    void keeps_the_tags_of_the_letter() {
        keep("b", EVENTS, Reason.UNDELIVERED, "{}");
        transport.answer(batch -> {
            assertThat(batch.destination().tags()).containsEntry("job", "1");
            return Replies.allWritten(batch);
        });
        assertThat(replay().isClean()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(names = {"PARTIAL", "UNKNOWN"})
    void sends_rows_that_may_be_written_only_when_duplicates_are_accepted(Reason reason) {
        keep("b", EVENTS, reason, "{}");
        ReplayReport refused = replay();
        assertThat(statuses(refused)).containsExactly(Status.SKIPPED);
        assertThat(refused.letters().get(0).why()).contains("accepting duplicates");
        assertThat(replay(Replay::force).letters(Status.SKIPPED)).hasSize(1);
        assertThat(transport.sent()).isEmpty();
        assertThat(left()).containsExactly("b");

        assertThat(replay(Replay::acceptDuplicates).isClean()).isTrue();
        assertThat(left()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"PARTIAL", "UNKNOWN"})
    void sends_rows_that_are_surely_not_written_without_being_asked_twice(Reason reason) {
        keep("b", EVENTS, reason, "{}");
        assertThat(replay().isClean()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void sends_a_merge_as_it_is_by_force_only(Reason reason) {
        keep("b", MERGE, reason, "{\"id\":1}");
        ReplayReport refused = replay(Replay::acceptDuplicates);
        assertThat(statuses(refused)).containsExactly(Status.SKIPPED);
        assertThat(refused.letters().get(0).why()).contains("newer rows", "by force");
        assertThat(transport.sent()).isEmpty();

        assertThat(replay(Replay::force).isClean()).isTrue();
        assertThat(transport.bodies()).containsExactly("{\"id\":1}");
        assertThat(left()).isEmpty();
    }

    @Test
    void sends_the_current_rows_of_a_merge_when_somebody_knows_them() {
        keep("b", MERGE, Reason.REJECTED, "{\"id\":1,\"v\":\"old\"}");
        ReplayReport report = replay(all -> all.force().currentRows(letter -> current(0, "{\"id\":1,\"v\":\"new\"}")));
        assertThat(transport.bodies()).containsExactly("{\"id\":1,\"v\":\"new\"}");
        assertThat(transport.ids()).doesNotContain("b", "current");
        assertThat(report.isClean()).isTrue();
        assertThat(left()).isEmpty();
    }

    @Test
    void names_current_rows_by_what_they_are() {
        for (int i = 0; i < 2; i++) {
            keep("b", MERGE, Reason.REJECTED, "{\"id\":1}");
            replay(all -> all.currentRows(letter -> current(0, "{\"id\":1}")));
        }
        assertThat(transport.ids().get(0)).isEqualTo(transport.ids().get(1));
    }

    @Test
    void asks_nobody_for_the_current_rows_of_an_append() {
        keep("b", EVENTS, Reason.REJECTED, "{\"id\":1}");
        replay(all -> all.currentRows(letter -> {
            throw new AssertionError("asked");
        }));
        assertThat(transport.bodies()).containsExactly("{\"id\":1}");
    }

    @Test
    void keeps_a_letter_when_some_of_its_rows_are_gone() {
        keep("b", MERGE, Reason.REJECTED, "{\"id\":1}", "{\"id\":2}");
        ReplayReport report = replay(all -> all.currentRows(letter -> current(1, "{\"id\":1}")));
        assertThat(transport.bodies()).containsExactly("{\"id\":1}");
        assertThat(left()).containsExactly("b");
        ReplayReport.Letter outcome = report.letters().get(0);
        assertThat(outcome.status()).isEqualTo(Status.SKIPPED);
        assertThat(outcome.written()).isEqualTo(1);
        assertThat(outcome.gone()).isEqualTo(1);
        assertThat(outcome.why()).startsWith("1 of its 2 rows are no longer in the source");
        assertThat(report.isClean()).isFalse();
    }

    @Test
    void sends_nothing_when_all_rows_are_gone() {
        keep("b", MERGE, Reason.REJECTED, "{\"id\":1}");
        ReplayReport report = replay(all -> all.force().currentRows(letter -> current(1)));
        assertThat(transport.sent()).isEmpty();
        assertThat(left()).containsExactly("b");
        assertThat(report.letters().get(0).gone()).isEqualTo(1);
    }

    @Test
    void puts_rows_that_are_refused_again_into_a_new_letter() {
        set(client -> client.deadLetters(store()));
        keep("b", EVENTS, Reason.REJECTED, "{\"id\":1}", "{\"id\":2}");
        transport.answer(batch -> holds(batch, json(2)) ? Replies.refused(422) : Replies.allWritten(batch));
        ReplayReport report = replay();
        assertThat(report.letters().get(0).status()).isEqualTo(Status.REPLAYED);
        assertThat(report.dead()).isEqualTo(1);
        assertThat(report.isClean()).isFalse();
        assertThat(left()).hasSize(1).doesNotContain("b");
        assertThat(store().list().get(0).rows()).isEqualTo(1);
    }

    @Test
    void keeps_the_letter_when_the_hook_fails_on_rows_that_are_refused_again() {
        keepDeadLetters();
        letters.failNext(10);
        keep("b", EVENTS, Reason.REJECTED, "{\"id\":1}");
        transport.answer(batch -> Replies.refused(422));
        ReplayReport report = replay();
        assertThat(statuses(report)).containsExactly(Status.FAILED);
        assertThat(report.letters().get(0).error()).isInstanceOf(PushException.Rejected.class);
        assertThat(left()).containsExactly("b");
    }

    @Test
    void goes_on_when_one_letter_fails() {
        keep("b1", Destination.append("bronze.gone"), Reason.REJECTED, "{}");
        keep("b2", EVENTS, Reason.REJECTED, "{}");
        transport.script(Replies.refused(404));
        ReplayReport report = replay();
        assertThat(statuses(report)).containsExactlyInAnyOrder(Status.FAILED, Status.REPLAYED);
        assertThat(left()).containsExactly("b1");
        assertThat(report.stopped()).isNull();
    }

    @Test
    void stops_when_the_key_is_refused() {
        keep("b1", EVENTS, Reason.REJECTED, "{}");
        keep("b2", EVENTS, Reason.REJECTED, "{}");
        transport.answer(batch -> Replies.unauthorized(false));
        ReplayReport report = replay();
        assertThat(statuses(report)).containsExactly(Status.FAILED, Status.NOT_TRIED);
        assertThat(transport.sent()).hasSize(1);
        assertThat(report.stopped()).contains("HTTP 401");
        assertThat(left()).containsExactly("b1", "b2");
    }

    @Test
    void stops_when_the_api_cannot_be_reached() {
        retries(2, Duration.ofSeconds(10));
        set(client -> client.deadLetters(store()));
        keep("b1", EVENTS, Reason.UNDELIVERED, "{}");
        keep("b2", EVENTS, Reason.UNDELIVERED, "{}");
        transport.answer(batch -> Replies.notSent());
        assertThat(statuses(replay())).containsExactly(Status.FAILED, Status.NOT_TRIED);
        assertThat(left()).containsExactly("b1", "b2");
    }

    @Test
    void stops_when_the_client_is_closed() {
        keep("b1", EVENTS, Reason.REJECTED, "{}");
        keep("b2", EVENTS, Reason.REJECTED, "{}");
        StreamClient client = settings.build();
        client.close();
        ReplayReport report = Replay.of(client, store()).run();
        assertThat(statuses(report)).containsExactly(Status.FAILED, Status.NOT_TRIED);
        assertThat(left()).hasSize(2);
    }

    @Test
    void chooses_by_table_by_reason_and_by_name() {
        keep("b1", EVENTS, Reason.REJECTED, "{\"id\":1}");
        keep("b2", EVENTS, Reason.TOO_LARGE, "{\"id\":2}");
        keep("b3", Destination.append("a.b"), Reason.REJECTED, "{\"id\":3}");
        keep("b4", EVENTS, Reason.REJECTED, "{\"id\":4}");
        String fourth = store().list().get(3).name();
        assertThat(store().list().get(3).batch()).hasToString("b4");
        replay(all -> all.table(TABLE).reason(Reason.REJECTED).names(fourth));
        assertThat(transport.bodies()).containsExactly("{\"id\":4}");
        replay(all -> all.table(TABLE).reason(Reason.REJECTED));
        assertThat(transport.bodies()).containsExactly("{\"id\":4}", "{\"id\":1}");
        replay(all -> all.table("a.b").table(TABLE));
        assertThat(left()).isEmpty();
    }

    @Test
    void sends_nothing_when_a_name_is_not_there() {
        keep("b1", EVENTS, Reason.REJECTED, "{}");
        String name = store().list().get(0).name();
        assertThatThrownBy(() -> replay(all -> all.names(name, "none")))
                .isInstanceOf(NoSuchElementException.class)
                .hasMessageContaining("there is no dead letter none");
        assertThat(transport.sent()).isEmpty();
    }

    @Test
    void skips_rows_that_the_client_would_take_from_nobody() {
        keep("b1", MERGE, Reason.INVALID, "{\"v\":\"Wombat-77\"}");
        ReplayReport report = replay(Replay::force);
        assertThat(statuses(report)).containsExactly(Status.SKIPPED);
        assertThat(report.letters().get(0).why())
                .contains("is missing or null", "mend")
                .doesNotContain("Wombat-77");
        assertThat(transport.sent()).isEmpty();
        assertThat(left()).containsExactly("b1");
    }

    @Test
    void reports_what_is_damaged_and_replays_the_rest() throws IOException {
        keep("b1", EVENTS, Reason.REJECTED, "{}");
        Files.writeString(directory.resolve("x.ndjson"), "{");
        ReplayReport report = replay();
        assertThat(report.damaged()).containsExactly("x");
        assertThat(report.written()).isEqualTo(1);
        assertThat(report.isClean()).isFalse();
        assertThat(directory.resolve("x.ndjson")).hasContent("{");
    }

    @Test
    void fails_without_quoting_when_the_source_of_current_rows_does() {
        keep("b1", MERGE, Reason.REJECTED, "{\"id\":1}");
        ReplayReport report = replay(all -> all.currentRows(letter -> {
            throw new IllegalStateException("Wombat-77");
        }));
        assertThat(report.letters().get(0).why()).isEqualTo("java.lang.IllegalStateException");
        assertThat(left()).containsExactly("b1");
    }

    @Test
    void splits_into_the_same_ids_when_it_is_run_again() {
        keep("b", EVENTS, Reason.TOO_LARGE, "{\"id\":1}", "{\"id\":2}");
        transport.answer(batch -> batch.rows() > 1 ? Replies.refused(413) : Replies.notSent());
        retries(1, Duration.ofSeconds(10));
        replay();
        List<String> first = List.copyOf(transport.ids());
        transport.answer(batch -> batch.rows() > 1 ? Replies.refused(413) : Replies.allWritten(batch));
        replay();
        assertThat(transport.ids().subList(first.size(), transport.ids().size()))
                .containsAll(first);
        assertThat(left()).isEmpty();
    }

    @Test
    void keeps_the_books_of_its_client() {
        keep("b", EVENTS, Reason.REJECTED, "{\"id\":1}", "{\"id\":2}");
        try (StreamClient client = settings.build()) {
            Replay.of(client, store()).run();
            assertThat(client.ledger().delivered()).isEqualTo(2);
        }
    }

    /** The batch of a letter that a hook got is what the replay works on, whatever was split. */
    @Test
    void replays_what_the_client_itself_buried() {
        set(client -> client.deadLetters(store()));
        transport.answer(batch -> holds(batch, json(3)) ? Replies.refused(400) : Replies.allWritten(batch));
        push(append(8));
        transport.answer(Replies::allWritten);
        int before = transport.sent().size();
        assertThat(replay().isClean()).isTrue();
        assertThat(transport.bodies().subList(before, transport.sent().size())).containsExactly(json(3));
    }
}
