package dev.sluice.jdbc.dialect;

import java.util.ArrayList;
import java.util.List;

/**
 * SQL with its values still apart from it, so that they can be bound or, where a statement takes none, be written as
 * literals.
 */
public final class Query {
    /** A text of SQL, or a value. */
    private record Part(String text, boolean isValue) {}

    private final List<Part> parts;

    private Query(List<Part> parts) {
        this.parts = List.copyOf(parts);
    }

    /** A query that has no values. */
    public static Query of(String sql) {
        return new Builder().sql(sql).build();
    }

    /** The values, in their order. */
    public List<String> values() {
        return parts.stream().filter(Part::isValue).map(Part::text).toList();
    }

    /**
     * The whole as one text.
     *
     * @param sql what a piece of SQL becomes, for some drivers want question marks escaped
     * @param value what stands in a value's place
     */
    public String render(Rendering sql, Rendering value) {
        StringBuilder text = new StringBuilder();
        parts.forEach(part -> text.append((part.isValue() ? value : sql).of(part.text())));
        return text.toString();
    }

    /** With a question mark for each value. */
    @Override
    public String toString() {
        return render(sql -> sql, value -> "?");
    }

    /** What becomes of a piece. */
    @FunctionalInterface
    public interface Rendering {
        String of(String piece);
    }

    /** Puts a query together from its beginning to its end. */
    public static final class Builder {
        private static final String PLACE = "\0";

        private final List<Part> parts = new ArrayList<>();

        /** Nothing yet. */
        public Builder() {}

        /** Adds SQL; a question mark in it is none of a placeholder. */
        public Builder sql(String text) {
            parts.add(new Part(text, false));
            return this;
        }

        /** Adds a value as a text; what takes it to its type is in the SQL around it. */
        public Builder value(String text) {
            parts.add(new Part(text, true));
            return this;
        }

        /** Adds a value of a column's type. */
        public Builder value(String text, Column column, Dialect dialect) {
            String cast = dialect.cast(PLACE, column);
            int place = cast.indexOf(PLACE);
            return sql(cast.substring(0, place)).value(text).sql(cast.substring(place + PLACE.length()));
        }

        public Query build() {
            return new Query(parts);
        }
    }
}
