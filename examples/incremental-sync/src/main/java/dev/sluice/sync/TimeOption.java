package dev.sluice.sync;

import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a time on the command line as one in the configuration. */
final class TimeOption implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
        return Section.parseTime(text)
                .orElseThrow(() -> new TypeConversionException(
                        "must be a time such as 500ms, 30s, 2m or 1h, found \"" + text + "\""));
    }
}
