package dev.sluice.testkit;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link FakeStreamApi} does to a request instead of answering it as it should.
 *
 * <p>Where a fault lets rows land, only those that the API takes do: its limits and its key hold all the same.
 */
public abstract class Fault {
    private Fault() {}

    abstract void meet(Exchange exchange) throws IOException, InterruptedException;

    /** No fault: rows land and the answer says so. */
    public static Fault none() {
        return of(exchange -> exchange.answer(exchange.land()));
    }

    /** Nothing lands, and the answer is a status without a body. */
    public static Status status(int status) {
        return new Status(status, null);
    }

    /** Rows land, and no answer comes: the connection stays open until the client gives up. */
    public static Fault landedThenTimeout() {
        return of(exchange -> {
            exchange.land();
            exchange.neverAnswer();
        });
    }

    /** Rows land, and the connection is reset instead of an answer. */
    public static Fault landedThenReset() {
        return of(exchange -> {
            exchange.land();
            exchange.reset();
        });
    }

    /** Nothing lands: the connection is reset before the request's body is read. */
    public static Fault resetBeforeReading() {
        return of(Exchange::reset);
    }

    /** Rows land, and the answer's body comes one byte at a time. */
    public static Fault slowDrip(Duration betweenBytes) {
        return of(exchange -> exchange.drip(exchange.land(), betweenBytes));
    }

    /** Rows land, and the connection ends before the last byte of the answer. */
    public static Fault cutBody() {
        return of(exchange -> exchange.cut(exchange.land()));
    }

    /** Nothing lands: the client is sent elsewhere, with status 307. */
    public static Fault redirect(String url) {
        return of(exchange -> exchange.answer(Answer.bare(307).with("Location", url)));
    }

    /** Nothing lands, and the answer is a web page with status 200, as from a proxy that asks for a password. */
    public static Fault html200() {
        return of(exchange -> exchange.answer(Answer.html(200, "Please log in")));
    }

    /** A request with such a row is refused with status 422 and nothing of it lands; others land. */
    public static Fault refuseRows(Predicate<Map<String, Object>> refused) {
        return of(exchange -> exchange.answer(
                exchange.hasRow(refused) ? exchange.refuseRows("the test refuses one of them") : exchange.land()));
    }

    /**
     * Only the first rows of a request land; the answer counts them and those that did not. The batch's id is not
     * remembered, so that rows sent again land again.
     */
    public static Fault writeOnly(int rows) {
        if (rows < 0) {
            throw new IllegalArgumentException("rows must be at least 0, found " + rows);
        }
        return of(exchange -> exchange.answer(exchange.landFirst(rows)));
    }

    /** Nothing happens until {@link Hold#release}; then rows land and the answer says so. */
    public static Hold hold() {
        return new Hold();
    }

    private static Fault of(Action action) {
        return new Fault() {
            @Override
            void meet(Exchange exchange) throws IOException, InterruptedException {
                action.on(exchange);
            }
        };
    }

    private interface Action {
        void on(Exchange exchange) throws IOException, InterruptedException;
    }

    /** A status, and perhaps when to come back. */
    public static final class Status extends Fault {
        private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.ofPattern(
                        "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
                .withZone(ZoneOffset.UTC);

        private final int status;
        private final @Nullable String retryAfter;

        private Status(int status, @Nullable String retryAfter) {
            if (status < 200 || status > 599) {
                throw new IllegalArgumentException("status must be 200 to 599, found " + status);
            }
            this.status = status;
            this.retryAfter = retryAfter;
        }

        /** The same with a {@code Retry-After} header in seconds, whole ones, for the header knows no others. */
        public Status retryAfter(Duration wait) {
            if (wait.isNegative() || wait.getNano() != 0) {
                throw new IllegalArgumentException("Retry-After takes whole seconds, at least 0, found " + wait);
            }
            return new Status(status, Long.toString(wait.toSeconds()));
        }

        /** The same with a {@code Retry-After} header that names a time, to the second. */
        public Status retryAfter(Instant time) {
            return new Status(status, HTTP_DATE.format(time));
        }

        @Override
        void meet(Exchange exchange) throws IOException {
            Answer answer = Answer.bare(status);
            exchange.answer(retryAfter == null ? answer : answer.with("Retry-After", retryAfter));
        }
    }

    /** Keeps requests, one or several, until they are let go. */
    public static final class Hold extends Fault {
        private final CountDownLatch released = new CountDownLatch(1);

        private Hold() {}

        /** Lets go of the requests that are held and of those to come. */
        public void release() {
            released.countDown();
        }

        @Override
        void meet(Exchange exchange) throws IOException, InterruptedException {
            exchange.arrived();
            released.await();
            exchange.answer(exchange.land());
        }
    }
}
