package dev.sluice.testkit;

import dev.sluice.RetryPolicy;
import dev.sluice.StreamClient;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives each test a Stream API of its own, and what belongs to it, as parameters of the test or its {@code @BeforeEach}
 * methods.
 *
 * <ul>
 *   <li>{@link FakeStreamApi}, which is closed after the test;
 *   <li>{@link RecordingDeadLetters}, to which the client's rows go that cannot be delivered;
 *   <li>{@link ManualClock}, which stands still, and is nobody's until it is given to a builder;
 *   <li>{@link StreamClient.Builder} with the API's address, its key, the dead letters, and waits of milliseconds
 *       between attempts, so that failing tests are quick ones;
 *   <li>{@link StreamClient} made of those, which is closed after the test.
 * </ul>
 */
public final class StreamApiExtension implements BeforeEachCallback, AfterEachCallback, ParameterResolver {
    private static final ExtensionContext.Namespace NAMESPACE =
            ExtensionContext.Namespace.create(StreamApiExtension.class);
    private static final Set<Class<?>> TYPES = Set.of(
            FakeStreamApi.class,
            RecordingDeadLetters.class,
            ManualClock.class,
            StreamClient.Builder.class,
            StreamClient.class);

    /** Called by JUnit, or for {@code @RegisterExtension}. */
    public StreamApiExtension() {}

    @Override
    public void beforeEach(ExtensionContext context) {
        context.getStore(NAMESPACE).put(Parts.class, new Parts());
    }

    @Override
    public void afterEach(ExtensionContext context) {
        parts(context).close();
    }

    /** Only where there is a test: before all of them, and in constructors, there is nothing yet. */
    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return TYPES.contains(parameter.getParameter().getType())
                && context.getTestMethod().isPresent();
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return parts(context).of(parameter.getParameter().getType());
    }

    private static Parts parts(ExtensionContext context) {
        return context.getStore(NAMESPACE).get(Parts.class, Parts.class);
    }

    /** What one test has. */
    private static final class Parts {
        private final FakeStreamApi api = FakeStreamApi.start();
        private final RecordingDeadLetters letters = new RecordingDeadLetters();
        private final ManualClock clock = new ManualClock();
        private @Nullable StreamClient client;

        Object of(Class<?> type) {
            if (type == FakeStreamApi.class) {
                return api;
            }
            if (type == RecordingDeadLetters.class) {
                return letters;
            }
            if (type == ManualClock.class) {
                return clock;
            }
            return type == StreamClient.class ? client() : builder();
        }

        private StreamClient client() {
            if (client == null) {
                client = builder().build();
            }
            return client;
        }

        private StreamClient.Builder builder() {
            return StreamClient.builder()
                    .baseUrl(api.baseUrl())
                    .apiKey(api.apiKey())
                    .deadLetters(letters)
                    .retries(RetryPolicy.DEFAULT.withBackoff(Duration.ofMillis(1), Duration.ofMillis(20)));
        }

        void close() {
            try {
                if (client != null) {
                    client.close();
                }
            } finally {
                api.close();
            }
        }
    }
}
