package dev.sluice.row;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.DateSerializer;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.databind.type.TypeFactory;
import com.fasterxml.jackson.datatype.jsr310.ser.OffsetTimeSerializer;
import java.io.IOException;
import java.time.OffsetTime;
import java.time.format.DateTimeFormatter;
import java.util.Date;
import java.util.Optional;

/** Tells Jackson what it would do otherwise than {@link ValueEncoder}: a record gives the bytes of an equal map. */
final class LikeMaps extends SimpleModule {
    private static final long serialVersionUID = 1L;

    LikeMaps() {
        addSerializer(Date.class, new ExactDate());
        addSerializer(OffsetTime.class, new WholeOffsetTime());
        addSerializer(new Content());
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
