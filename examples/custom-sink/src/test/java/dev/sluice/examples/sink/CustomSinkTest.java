package dev.sluice.examples.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.push.PushReport;
import dev.sluice.row.ChangeType;
import dev.sluice.row.ChangedRow;
import dev.sluice.spool.PushQueue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class CustomSinkTest {
    private static final List<String> ALL =
            List.of("POST /contacts", "POST /contacts", "PATCH /contacts/1", "DELETE /contacts/2");

    @TempDir
    Path directory;

    private FakeCrm crm;

    @BeforeEach
    void listen() throws IOException {
        crm = new FakeCrm();
    }

    @AfterEach
    void stop() {
        crm.close();
    }

    private PushReport push(List<ChangedRow> changes) {
        try (PushQueue queue = PushQueue.inMemory()) {
            queue.put(CustomSink.TARGET, changes);
            return CustomSink.push(queue, crm.url(), directory.resolve("dead-letters"));
        }
    }

    @Test
    void posts_patches_and_deletes_and_skips_preimages() {
        PushReport report = push(CustomSink.changes());
        assertThat(report.delivered()).isEqualTo(5);
        assertThat(report.finalized()).isTrue();
        assertThat(crm.lines()).isEqualTo(ALL);
        assertThat(crm.requests())
                .extracting(FakeCrm.Request::body)
                .containsExactly(
                        "{\"id\":1,\"name\":\"Ada\"}",
                        "{\"id\":2,\"name\":\"Grace\"}",
                        "{\"id\":1,\"name\":\"Ada Lovelace\"}",
                        "");
    }

    @Test
    void keeps_what_the_crm_cannot_take_now_and_sends_no_later_change_ahead_of_it() {
        crm.answer(request -> request.body().contains("Ada") ? 503 : 200);
        PushReport report = push(CustomSink.changes());
        assertThat(report.failed()).isEqualTo(1);
        assertThat(report.blocked()).isEqualTo(2);
        assertThat(report.delivered()).isEqualTo(2);
        assertThat(crm.lines()).containsExactly("POST /contacts", "POST /contacts", "DELETE /contacts/2");
    }

    @Test
    void sends_no_later_change_of_the_same_batch_ahead_of_one_that_failed() {
        crm.answer(request -> 500);
        PushReport report = push(List.of(
                CustomSink.contact(1, ChangeType.INSERT, "Ada"), CustomSink.contact(1, ChangeType.DELETE, "Ada")));
        assertThat(report.failed()).isEqualTo(1);
        assertThat(report.blocked()).isEqualTo(1);
        assertThat(crm.lines()).containsExactly("POST /contacts");
    }

    @Test
    void sends_a_row_again_under_its_key_when_no_answer_tells_whether_the_crm_has_it() {
        try (PushQueue queue = PushQueue.inMemory()) {
            queue.put(CustomSink.TARGET, List.of(CustomSink.contact(1, ChangeType.INSERT, "Ada")));
            crm.answer(request -> 0);
            PushReport first = CustomSink.push(queue, crm.url(), directory.resolve("dead-letters"));
            assertThat(first.failed()).isEqualTo(1);
            crm.answer(request -> 200);
            PushReport second = CustomSink.push(queue, crm.url(), directory.resolve("dead-letters"));
            assertThat(second.delivered()).isEqualTo(1);
        }
        assertThat(crm.requests().stream().map(FakeCrm.Request::key).distinct()).hasSize(1);
    }

    @Test
    void fails_row_by_row_when_the_crm_cannot_be_reached() {
        crm.close();
        PushReport report = push(CustomSink.changes());
        assertThat(report.delivered()).isZero();
        assertThat(report.problems().get(0)).contains("0 ok, 2 failed, 0 rejected", "the CRM cannot be reached");
    }

    @Test
    void buries_nothing_when_it_is_not_the_crm_that_answers() {
        for (int status : new int[] {301, 307, 404}) {
            crm.answer(request -> status);
            PushReport report = push(List.of(CustomSink.contact(1, ChangeType.INSERT, "Ada")));
            assertThat(report.rejected()).isZero();
            assertThat(report.failed()).isEqualTo(1);
            assertThat(report.problems().get(0)).contains("HTTP " + status, "check its address");
        }
    }

    @Test
    void buries_what_the_crm_refuses_and_is_content_when_a_contact_is_gone_already() throws IOException {
        crm.answer(request -> request.line().startsWith("DELETE") ? 404 : 422);
        PushReport report = push(List.of(
                CustomSink.contact(1, ChangeType.INSERT, "Ada"), CustomSink.contact(2, ChangeType.DELETE, "Grace")));
        assertThat(report.rejected()).isEqualTo(1);
        assertThat(report.warned()).isEqualTo(1);
        try (Stream<Path> letters = Files.list(directory.resolve("dead-letters"))) {
            assertThat(letters)
                    .singleElement()
                    .satisfies(letter ->
                            assertThat(Files.readString(letter)).contains("1:insert: HTTP 422", "\"name\":\"Ada\""));
        }
    }

    @Test
    void goes_on_where_it_stopped_when_it_is_killed_and_started_again() throws Exception {
        AtomicReference<Process> child = new AtomicReference<>();
        crm.answer(request -> {
            if (request.line().startsWith("PATCH") && crm.requests().size() == 3) {
                child.get().destroyForcibly();
                return 0;
            }
            return 200;
        });
        child.set(start());
        assertThat(child.get().waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(child.get().exitValue()).isNotZero();
        child.set(start());
        assertThat(child.get().waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(child.get().exitValue()).isZero();
        assertThat(crm.lines())
                .containsExactly(
                        "POST /contacts",
                        "POST /contacts",
                        "PATCH /contacts/1",
                        "PATCH /contacts/1",
                        "DELETE /contacts/2");
        Set<String> keys = new HashSet<>();
        crm.requests().forEach(request -> keys.add(request.key()));
        assertThat(keys).hasSize(4);
    }

    private Process start() throws IOException {
        Path temporary = Files.createDirectories(directory.resolve("tmp"));
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Djava.io.tmpdir=" + temporary,
                        "-cp",
                        System.getProperty("java.class.path"),
                        CustomSink.class.getName(),
                        crm.url(),
                        directory.resolve("crm.db").toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }
}
