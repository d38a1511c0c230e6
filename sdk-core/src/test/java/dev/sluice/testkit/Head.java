package dev.sluice.testkit;

import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What stands before the body of a request: the first line and the headers, whose names ignore case. */
record Head(String method, String path, Map<String, String> headers) {

    static Head parse(String text) throws IOException {
        String[] lines = text.split("\r\n", -1);
        String[] first = lines[0].split(" ", -1);
        if (first.length != 3) {
            throw new IOException("not the first line of a request: " + lines[0].length() + " characters");
        }
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (int i = 1; i < lines.length; i++) {
            String[] header = lines[i].split(":", 2);
            if (header.length == 2) {
                headers.put(header[0].strip(), header[1].strip());
            }
        }
        return new Head(first[0], first[1].split("\\?", 2)[0], headers);
    }

    /** The header's value; empty if there is none. */
    String header(String name) {
        return headers.getOrDefault(name, "");
    }

    /** The media type of the body, without its parameters. */
    String contentType() {
        return header("Content-Type").split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    }

    boolean isChunked() {
        return header("Transfer-Encoding").equalsIgnoreCase("chunked");
    }

    boolean isLast() {
        return header("Connection").equalsIgnoreCase("close");
    }
}
