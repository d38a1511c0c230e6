package dev.sluice.jdbc.checkpoint;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;

/** Names this process to those who wait for its lock. */
final class Runner {
    /** No longer than this in characters, whatever the host is called. */
    static final int MAX_NAME = 300;

    private static final int MAX_HOST = 200;

    /** Asked for once: a lookup of a name may take seconds. */
    private static final class Host {
        private static final String NAME = find();

        private static String find() {
            try {
                String name = InetAddress.getLocalHost().getHostName();
                return name.substring(0, Math.min(name.length(), MAX_HOST));
            } catch (UnknownHostException e) {
                return "unknown";
            }
        }
    }

    private Runner() {}

    /** A name for a lock that is taken now. */
    static String now() {
        return "host " + Host.NAME + ", process " + ProcessHandle.current().pid() + ", running since " + Instant.now();
    }
}
