package dev.sluice.push;

/** The text form of a status. */
final class StatusText {
    private StatusText() {}

    /** What follows the first colon and the space that people put behind it. */
    static String message(String text) {
        String rest = text.substring(text.indexOf(':') + 1);
        return rest.startsWith(" ") ? rest.substring(1) : rest;
    }
}
