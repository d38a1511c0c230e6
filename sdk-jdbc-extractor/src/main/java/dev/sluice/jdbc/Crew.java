package dev.sluice.jdbc;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Does one piece of work on several threads at once, and is done when all of them are. */
final class Crew {
    private Crew() {}

    /**
     * Runs the work so many times at once: once means on the caller's own thread, otherwise they are daemon threads that
     * end with it. If the caller is interrupted, so are they, and the flag stays. If one of them dies the others are
     * interrupted, and what it died of is thrown.
     */
    static void run(int threads, Runnable work) {
        if (threads == 1) {
            work.run();
            return;
        }
        Queue<Throwable> deaths = new ConcurrentLinkedQueue<>();
        List<Thread> crew = new ArrayList<>();
        for (int i = 1; i <= threads; i++) {
            Thread member = new Thread(work, "sluice-table-" + i);
            member.setDaemon(true);
            member.setUncaughtExceptionHandler((thread, death) -> {
                deaths.add(death);
                crew.forEach(Thread::interrupt);
            });
            crew.add(member);
        }
        crew.forEach(Thread::start);
        join(crew);
        throwFirst(deaths);
    }

    private static void join(List<Thread> crew) {
        boolean interrupted = false;
        for (Thread member : crew) {
            while (member.isAlive()) {
                try {
                    member.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                    crew.forEach(Thread::interrupt);
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void throwFirst(Queue<Throwable> deaths) {
        Throwable first = deaths.poll();
        if (first == null) {
            return;
        }
        deaths.forEach(first::addSuppressed);
        if (first instanceof Error error) {
            throw error;
        }
        throw (RuntimeException) first;
    }
}
