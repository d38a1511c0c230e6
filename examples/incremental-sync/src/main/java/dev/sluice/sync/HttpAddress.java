package dev.sluice.sync;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a server listens.
 *
 * @param host the name or address; empty for this machine alone
 * @param port the port; 0 for any that is free
 */
record HttpAddress(String host, int port) {
    private static final Pattern FORM = Pattern.compile("(?:(\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9._-]*):)?(\\d{1,5})");
    private static final int HIGHEST = 65_535;

    /**
     * Reads {@code 127.0.0.1:8080}, {@code [::1]:8080}, or a port alone, which listens on this machine only.
     *
     * @throws IllegalArgumentException if it is none of them
     */
    static HttpAddress parse(String text) {
        Matcher parts = FORM.matcher(text);
        if (!parts.matches() || Integer.parseInt(parts.group(2)) > HIGHEST) {
            throw new IllegalArgumentException(
                    "an address to listen on is written 127.0.0.1:8080, or 8080 for this machine alone; found " + text);
        }
        String host = parts.group(1);
        return new HttpAddress(host == null ? "" : host, Integer.parseInt(parts.group(2)));
    }

    /** Looks its name up. */
    InetSocketAddress socket() {
        return host.isEmpty()
                ? new InetSocketAddress(InetAddress.getLoopbackAddress(), port)
                : new InetSocketAddress(host.replaceAll("[\\[\\]]", ""), port);
    }
}
