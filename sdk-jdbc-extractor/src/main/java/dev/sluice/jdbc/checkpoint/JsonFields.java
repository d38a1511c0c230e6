package dev.sluice.jdbc.checkpoint;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a JSON object, each of which is taken once. One that is missing, of another kind or left over means a
 * hand-edited file or a newer version: no guessing.
 */
final class JsonFields {
    /** Makes something of an object, by taking all of its fields. */
    interface Form<T extends @Nullable Object> {
        T of(JsonFields fields) throws IOException;
    }

    private final Map<String, @Nullable Object> fields;

    private JsonFields(Map<String, @Nullable Object> fields) {
        this.fields = fields;
    }

    static JsonFields of(@Nullable Object value) throws IOException {
        if (!(value instanceof Map<?, ?> object)) {
            throw new IOException("it is not a JSON object");
        }
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        object.forEach((name, field) -> fields.put(String.valueOf(name), field));
        return new JsonFields(fields);
    }

    @Nullable
    Object remove(String name) {
        return fields.remove(name);
    }

    void put(String name, @Nullable Object value) {
        fields.put(name, value);
    }

    /** What nobody has taken, which counts as taken then. */
    Map<String, @Nullable Object> rest() {
        Map<String, @Nullable Object> rest = new LinkedHashMap<>(fields);
        fields.clear();
        return rest;
    }

    <T> T all(Form<T> form) throws IOException {
        T made = form.of(this);
        if (!fields.isEmpty()) {
            throw new IOException("it has unknown fields " + fields.keySet());
        }
        return made;
    }

    String text(String name) throws IOException {
        return as(String.class, name, take(name));
    }

    @Nullable
    String textOrNull(String name) throws IOException {
        Object value = take(name);
        return value == null ? null : as(String.class, name, value);
    }

    long number(String name) throws IOException {
        return as(Long.class, name, take(name));
    }

    int count(String name) throws IOException {
        long number = number(name);
        if (number != (int) number) {
            throw new IOException("the field " + name + " has the number " + number + ", which is too large");
        }
        return (int) number;
    }

    boolean flag(String name) throws IOException {
        return as(Boolean.class, name, take(name));
    }

    List<String> texts(String name) throws IOException {
        List<String> texts = new ArrayList<>();
        for (Object value : as(List.class, name, take(name))) {
            texts.add(as(String.class, name, value));
        }
        return texts;
    }

    Map<String, String> textByName(String name) throws IOException {
        Map<String, String> texts = new LinkedHashMap<>();
        for (Map.Entry<String, @Nullable Object> value :
                object(name, JsonFields::rest).entrySet()) {
            texts.put(value.getKey(), as(String.class, name, value.getValue()));
        }
        return texts;
    }

    <T> T object(String name, Form<T> form) throws IOException {
        return of(take(name)).all(form);
    }

    <T> @Nullable T objectOrNull(String name, Form<T> form) throws IOException {
        Object value = take(name);
        return value == null ? null : of(value).all(form);
    }

    <T> List<T> objects(String name, Form<T> form) throws IOException {
        List<T> objects = new ArrayList<>();
        for (Object value : as(List.class, name, take(name))) {
            objects.add(of(value).all(form));
        }
        return objects;
    }

    private @Nullable Object take(String name) throws IOException {
        if (!fields.containsKey(name)) {
            throw new IOException("it lacks the field " + name);
        }
        return fields.remove(name);
    }

    private static <T> T as(Class<T> kind, String name, @Nullable Object value) throws IOException {
        if (!kind.isInstance(value)) {
            throw new IOException("the field " + name + " has an unknown form");
        }
        return kind.cast(value);
    }
}
