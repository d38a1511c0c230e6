package dev.sluice.row;

import java.util.Locale;

/** What happened to a row. An update is two of these: the row as it was, and the row as it is. */
public enum ChangeType {
    /** A new row. */
    INSERT,
    /** A row before its update. */
    UPDATE_PREIMAGE,
    /** A row after its update. */
    UPDATE_POSTIMAGE,
    /** A row that was removed, as it was. */
    DELETE;

    private final String text = name().toLowerCase(Locale.ROOT);

    /** The name in files and keys, such as {@code update_postimage}. */
    public String text() {
        return text;
    }

    /**
     * The type of that name, to the letter.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static ChangeType of(String text) {
        for (ChangeType type : values()) {
            if (type.text.equals(text)) {
                return type;
            }
        }
        throw new IllegalArgumentException(
                "a change type is insert, update_preimage, update_postimage or delete, found " + text.length()
                        + " other characters");
    }
}
