package dev.sluice;

import dev.sluice.spool.Spool;
import dev.sluice.transport.Transport;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a client, as they are put together.
 *
 * @param depot where all rows go first; null without a spool
 */
record Engine(
        Settings settings,
        Books books,
        Dispatcher dispatcher,
        Closing closing,
        Admission admission,
        @Nullable Depot depot) {

    static Engine of(Settings settings, Transport transport, @Nullable Spool spool, long maxMemory, Crew.Maker crew) {
        Books books = new Books(maxMemory);
        Dispatcher dispatcher = new Dispatcher(settings, transport, books, crew);
        Depot depot = spool == null ? null : new Depot(spool, settings, dispatcher, books);
        Closing closing = new Closing(dispatcher, books, depot);
        return new Engine(
                settings, books, dispatcher, closing, new Admission(books, dispatcher, closing, depot), depot);
    }
}
