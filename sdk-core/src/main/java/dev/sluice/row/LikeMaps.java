package dev.sluice.row;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.BeanProperty;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.ContextualSerializer;
import com.fasterxml.jackson.databind.ser.Serializers;
import com.fasterxml.jackson.databind.ser.std.DateSerializer;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.databind.type.TypeFactory;
import com.fasterxml.jackson.datatype.jsr310.ser.InstantSerializer;
import com.fasterxml.jackson.datatype.jsr310.ser.OffsetTimeSerializer;
import java.io.IOException;
import java.time.Instant;
import java.time.OffsetTime;
import java.time.format.DateTimeFormatter;
import java.util.Date;
import java.util.Optional;

/** Tells Jackson what it would do otherwise than {@link ValueEncoder}: a record gives the bytes of an equal map. */
final class LikeMaps extends SimpleModule {
    private static final long serialVersionUID = 1L;

    LikeMaps() {
        addSerializer(Date.class, new ExactDate());
        addSerializer(Instant.class, new DirectInstant());
        addSerializer(OffsetTime.class, new WholeOffsetTime());
        addSerializer(new Content());
    }

    @Override
    public void setupModule(SetupContext context) {
        super.setupModule(context);
        context.addKeySerializers(new Serializers.Base() {
            @Override
            public JsonSerializer<?> findSerializer(SerializationConfig config, JavaType type, BeanDescription bean) {
                return new Name();
            }
        });
    }

    /** Jackson's own makes text of any key: a row must not pass for one that its writer did not mean. */
    private static final class Name extends StdSerializer<Object> {
        private static final long serialVersionUID = 1L;

        Name() {
            super(Object.class);
        }

        @Override
        public void serialize(Object key, JsonGenerator out, SerializerProvider provider) throws IOException {
            if (!(key instanceof String name)) {
                JsonStreamContext map = out.getOutputContext().getParent();
                throw InvalidRowException.at(JsonPath.of(map), Limits.noName(key));
            }
            out.writeFieldName(name);
        }
    }

    /** Jackson's own takes the way over a {@code String}; a format that an annotation asks for is still its work. */
    private static final class DirectInstant extends StdSerializer<Instant> implements ContextualSerializer {
        private static final long serialVersionUID = 1L;

        DirectInstant() {
            super(Instant.class);
        }

        @Override
        public JsonSerializer<?> createContextual(SerializerProvider provider, BeanProperty property)
                throws JsonMappingException {
            JsonFormat.Value format = findFormatOverrides(provider, property, Instant.class);
            boolean usual = format == null || format.equals(JsonFormat.Value.empty());
            return usual ? this : InstantSerializer.INSTANCE.createContextual(provider, property);
        }

        @Override
        public void serialize(Instant value, JsonGenerator out, SerializerProvider provider) throws IOException {
            if (out instanceof RowGenerator row) {
                row.writeInstant(value);
            } else {
                out.writeString(value.toString());
            }
        }
    }

    /** Jackson's own drops what a {@code java.sql.Timestamp} has below the millisecond. */
    private static final class ExactDate extends DateSerializer {
        private static final long serialVersionUID = 1L;

        @Override
        public void serialize(Date value, JsonGenerator out, SerializerProvider provider) throws IOException {
            out.writeString(Times.text(value));
        }
    }

    /** Jackson's own drops seconds that are zero, unlike those of its other times. */
    private static final class WholeOffsetTime extends OffsetTimeSerializer {
        private static final long serialVersionUID = 1L;

        WholeOffsetTime() {
            super(INSTANCE, null, DateTimeFormatter.ISO_OFFSET_TIME);
        }
    }

    /** Jackson knows optionals by another module only. */
    private static final class Content extends StdSerializer<Optional<?>> {
        private static final long serialVersionUID = 1L;

        Content() {
            super(TypeFactory.defaultInstance().constructType(Optional.class));
        }

        @Override
        public void serialize(Optional<?> value, JsonGenerator out, SerializerProvider provider) throws IOException {
            provider.defaultSerializeValue(value.orElse(null), out);
        }
    }
}
