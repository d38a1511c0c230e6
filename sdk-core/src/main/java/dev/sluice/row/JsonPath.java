package dev.sluice.row;

import com.fasterxml.jackson.core.JsonStreamContext;

/** Where in a row Jackson is reading or writing. */
final class JsonPath {
    private JsonPath() {}

    /** The field, such as {@code address.lines[2]}; empty for the row as a whole. */
    static String of(JsonStreamContext place) {
        StringBuilder path = new StringBuilder();
        for (JsonStreamContext at = place; !at.inRoot(); at = at.getParent()) {
            // An object or array that has just begun has no step of its own yet.
            if (at.inArray() && at.hasCurrentIndex()) {
                path.insert(0, "[" + at.getCurrentIndex() + "]");
            } else if (at.inObject() && at.hasCurrentName()) {
                path.insert(0, "." + at.getCurrentName());
            }
        }
        return path.indexOf(".") == 0 ? path.substring(1) : path.toString();
    }
}
