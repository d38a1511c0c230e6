package dev.sluice.jdbc.dialect;

/**
 * What becomes of values that JSON or the lake has no good place for. Immutable; each method returns a policy that
 * differs in one thing.
 *
 * <p>Values that are changed by it are counted by {@link Losses}.
 */
public final class TypePolicy {
    /** What becomes of a value that is no date or time of any calendar. */
    public enum Odd {
        /** It is sent as the database's own text. */
        TEXT,
        /** It is sent as null, and counted. */
        NULL,
        /** It is an error that stops the table and names the column. */
        FAIL
    }

    /** How a JSON document travels. */
    public enum Documents {
        /** As a string that holds it as it is: one type in the lake, and no number loses digits. */
        TEXT,
        /** As a part of the row's own JSON. */
        EMBEDDED
    }

    /** Infinite dates are texts, zero dates null, JSON documents texts, tinyint(1) a number. */
    public static final TypePolicy DEFAULT = new TypePolicy(Odd.TEXT, Odd.NULL, Documents.TEXT, false);

    private final Odd infiniteTimes;
    private final Odd zeroDates;
    private final Documents documents;
    private final boolean tinyintBoolean;

    private TypePolicy(Odd infiniteTimes, Odd zeroDates, Documents documents, boolean tinyintBoolean) {
        this.infiniteTimes = infiniteTimes;
        this.zeroDates = zeroDates;
        this.documents = documents;
        this.tinyintBoolean = tinyintBoolean;
    }

    /** PostgreSQL's {@code infinity} and {@code -infinity} in dates and timestamps; {@link Odd#TEXT} unless set. */
    public TypePolicy infiniteTimes(Odd odd) {
        return new TypePolicy(odd, zeroDates, documents, tinyintBoolean);
    }

    /** MySQL's {@code 0000-00-00} and dates with a zero month or day; {@link Odd#NULL} unless set. */
    public TypePolicy zeroDates(Odd odd) {
        return new TypePolicy(infiniteTimes, odd, documents, tinyintBoolean);
    }

    /** Columns of json and jsonb; {@link Documents#TEXT} unless set. */
    public TypePolicy documents(Documents form) {
        return new TypePolicy(infiniteTimes, zeroDates, form, tinyintBoolean);
    }

    /** Whether MySQL's {@code tinyint(1)} is a boolean, so that all but 0 is true; a number unless set. */
    public TypePolicy tinyintBoolean(boolean on) {
        return new TypePolicy(infiniteTimes, zeroDates, documents, on);
    }

    public Odd infiniteTimes() {
        return infiniteTimes;
    }

    public Odd zeroDates() {
        return zeroDates;
    }

    public Documents documents() {
        return documents;
    }

    public boolean isTinyintBoolean() {
        return tinyintBoolean;
    }
}
