package dev.sluice.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The requests in the order they came. */
final class RequestLog {
    private final List<FakeStreamApi.Request> requests = new ArrayList<>();

    /** Returns the request's place, under which it can be replaced when more is known. */
    synchronized int add(FakeStreamApi.Request request) {
        requests.add(request);
        notifyAll();
        return requests.size() - 1;
    }

    synchronized void set(int place, FakeStreamApi.Request request) {
        requests.set(place, request);
        notifyAll();
    }

    synchronized List<FakeStreamApi.Request> all() {
        return List.copyOf(requests);
    }

    synchronized List<FakeStreamApi.Request> await(int count, Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (requests.size() < count) {
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                throw new AssertionError("expected " + count + " requests within " + patience + ", but "
                        + requests.size() + " came: " + requests);
            }
            wait(left);
        }
        return all();
    }
}
