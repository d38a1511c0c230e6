package dev.sluice;

import dev.sluice.batch.Batch;
import dev.sluice.transport.Reply;
import dev.sluice.transport.Transport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Function;

/** Answers by a script and remembers what was sent. */
final class ScriptedTransport implements Transport {
    /** One request: the batch's id, its table, its rows as they would travel, and the time it was given. */
    record Sent(String id, String table, String rows, Duration timeout) {}

    private final List<Sent> sent = new ArrayList<>();
    private final Deque<Reply> next = new ArrayDeque<>();
    private Function<Batch, Reply> otherwise = Replies::allWritten;
    private boolean closed;

    /** The first answers; what comes after them is for {@link #answer}, or a success. */
    ScriptedTransport script(Reply... replies) {
        next.addAll(List.of(replies));
        return this;
    }

    /** Answers to every batch for which no reply is scripted. */
    ScriptedTransport answer(Function<Batch, Reply> script) {
        otherwise = script;
        return this;
    }

    @Override
    public Reply send(Batch batch, Duration timeout) {
        sent.add(new Sent(batch.id().value(), batch.destination().table(), rows(batch), timeout));
        return next.isEmpty() ? otherwise.apply(batch) : next.pop();
    }

    @Override
    public void close() {
        closed = true;
    }

    boolean isClosed() {
        return closed;
    }

    List<Sent> sent() {
        return sent;
    }

    List<String> ids() {
        return sent.stream().map(Sent::id).toList();
    }

    List<String> bodies() {
        return sent.stream().map(Sent::rows).toList();
    }

    static String rows(Batch batch) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            batch.writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
