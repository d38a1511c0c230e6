package dev.sluice.testkit;

import dev.sluice.transport.ApiKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A Stream API on this machine, over real HTTP, that holds its callers to every documented limit, keeps rows in memory
 * and fails when told to.
 *
 * <p>What the documentation leaves open is strict here, so that what passes here is not refused for its form there: it
 * knows no setting that is not documented, and takes a batch id again for the same rows only.
 *
 * <p>Safe for use by several threads.
 */
public final class FakeStreamApi implements AutoCloseable {
    private static final int BACKLOG = 1_000;
    private static final AtomicInteger SERVERS = new AtomicInteger();

    private final Rules rules = new Rules("user-" + SERVERS.incrementAndGet() + "-test-key");
    private final Tables tables = new Tables();
    private final RequestLog log = new RequestLog();
    private final Script script = new Script();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newCachedThreadPool(FakeStreamApi::daemon);
    private final ServerSocket server;

    /**
     * A request as it came.
     *
     * @param batchId its {@code Idempotency-Key}, or else its tag {@code batch_id}; empty if it has neither
     * @param table the table it named; empty if none was read
     * @param rows its rows; 0 if they were not read, or one of them broke a rule
     * @param status what it was answered; 0 if it was not, or not yet
     */
    public record Request(String batchId, String table, int rows, int status) {}

    private FakeStreamApi(ServerSocket server) {
        this.server = server;
    }

    /** A server on a free port of the loopback interface; close it. */
    public static FakeStreamApi start() {
        try {
            FakeStreamApi api = new FakeStreamApi(new ServerSocket(0, BACKLOG, InetAddress.getByName("127.0.0.1")));
            api.threads.execute(api::accept);
            return api;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where it is, for {@code StreamClient.Builder.baseUrl}. */
    public String baseUrl() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    /** The key that it accepts now; {@code api::apiKey} is a supplier that follows every change. */
    public ApiKey apiKey() {
        return ApiKey.of(rules.key());
    }

    /** Accepts this key from now on, and no other. */
    public void changeKey(String key) {
        ApiKey.of(key);
        rules.key(key);
    }

    /** Lands a batch each time it comes, as an API does that knows nothing of ids: repetitions become visible. */
    public void ignoreIds() {
        tables.ignoreIds();
    }

    /** Answers compressed bodies with status 415. */
    public void refuseGzip() {
        rules.refuseGzip();
    }

    /** What meets the next requests, one fault each, in this order and behind those that wait already. */
    public void next(Fault... faults) {
        script.next(List.of(faults));
    }

    /** What meets every request that {@link #next} and {@link #forTable} have no fault for. */
    public void always(Fault fault) {
        script.always(fault);
    }

    /** What meets every request for the table that {@link #next} has no fault for. */
    public void forTable(String table, Fault fault) {
        script.forTable(table, fault);
    }

    /** Ends the fault of a table. */
    public void healthy(String table) {
        script.healthy(table);
    }

    /** Ends all faults; requests that have met theirs already do not come back. */
    public void healthy() {
        script.healthy();
    }

    /** The rows of a table in the order they landed, fractions as {@code BigDecimal}; none if nothing has landed. */
    public List<Map<String, Object>> rows(String table) {
        return tables.rows(table).stream().map(Row::values).toList();
    }

    /** The rows of a table, each as it was sent. */
    public List<String> rowsAsJson(String table) {
        return tables.rows(table).stream().map(Row::json).toList();
    }

    /**
     * The ids of the batches that a row landed in, in no order; none if {@link Fault#writeOnly} let it land.
     *
     * @param json the row as it was sent
     */
    public List<String> idsOf(String table, String json) {
        return tables.idsOf(table, json);
    }

    /** The requests so far, in the order they came. */
    public List<Request> requests() {
        return log.all();
    }

    /**
     * Waits until that many requests have come since the start, and returns all. A request counts when its rows have
     * landed or it is clear that they will not, but a held one counts at once.
     *
     * @throws AssertionError if they do not come in time
     */
    public List<Request> awaitRequests(int count, Duration patience) throws InterruptedException {
        return log.await(count, patience);
    }

    /** Hangs up on everybody. */
    @Override
    public void close() {
        // Threads first: one that is held must not land its rows when its connection ends.
        threads.shutdownNow();
        try {
            server.close();
            for (Socket socket : sockets) {
                socket.close();
            }
            // The port is closed when the thread that accepts has left it, not before.
            boolean ignored = threads.awaitTermination(5, TimeUnit.SECONDS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                admit(server.accept());
            } catch (IOException e) {
                // The end, or a client that left while it stood in line.
                continue;
            }
        }
    }

    private void admit(Socket socket) throws IOException {
        sockets.add(socket);
        try {
            threads.execute(() -> serve(socket));
        } catch (RejectedExecutionException e) {
            // Closed in the meantime.
            socket.close();
        }
    }

    private void serve(Socket socket) {
        try (Connection connection = new Connection(socket)) {
            Head head = connection.readHead();
            while (head != null) {
                meet(new Exchange(connection, head, rules, tables, log));
                head = head.isLast() ? null : connection.readHead();
            }
        } catch (IOException e) {
            // The client hung up, or the fault was to hang up on it.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            sockets.remove(socket);
        }
    }

    private void meet(Exchange exchange) throws IOException, InterruptedException {
        try {
            script.faultFor(exchange).meet(exchange);
        } catch (RuntimeException e) {
            // A test's own predicate has failed: an answer says it sooner than a connection that breaks.
            exchange.answer(Answer.error(500, "this fake failed with " + e, 0));
        }
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "fake-stream-api");
        thread.setDaemon(true);
        return thread;
    }
}
