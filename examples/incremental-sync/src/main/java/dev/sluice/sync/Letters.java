package dev.sluice.sync;

import dev.sluice.receipt.DamagedLetterException;
import dev.sluice.receipt.DeadLetter;
import dev.sluice.receipt.DeadLetterStore;
import dev.sluice.receipt.DeadLetterStore.Entry;
import dev.sluice.receipt.DeadLetters;
import dev.sluice.spool.Spool;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The store that the configuration names for dead letters. */
final class Letters implements AutoCloseable {
    private final DeadLetterStore store;
    private final Runnable close;
    private @Nullable DamagedLetterException damage;

    private Letters(DeadLetterStore store, Runnable close) {
        this.store = store;
        this.close = close;
    }

    /** The one place that decides where dead letters are. */
    static Letters open(ConfigFile config) {
        Optional<Spool> spool = config.openSpool();
        return spool.map(one -> new Letters(one.deadLetters(), one::close))
                .orElseGet(() -> new Letters(DeadLetters.directory(config.deadLetters()), () -> {}));
    }

    DeadLetterStore store() {
        return store;
    }

    /** Those that can be read; what is wrong with others is for {@link #damage()}. */
    List<Entry> list() {
        try {
            damage = null;
            return store.list();
        } catch (DamagedLetterException e) {
            damage = e;
            return e.readable();
        }
    }

    /** What the last list left out. */
    Optional<DamagedLetterException> damage() {
        return Optional.ofNullable(damage);
    }

    /** The names that were given, among those that are there; all of these if none was given. */
    static List<Entry> named(List<Entry> all, List<String> names) {
        for (String name : names) {
            if (all.stream().noneMatch(one -> one.name().equals(name))) {
                throw none(name);
            }
        }
        return all.stream()
                .filter(one -> names.isEmpty() || names.contains(one.name()))
                .toList();
    }

    DeadLetter read(String name) {
        try {
            return store.read(name);
        } catch (NoSuchElementException e) {
            throw none(name);
        }
    }

    private static CliException none(String name) {
        return CliException.usage(
                "there is no dead letter " + name + " that can be read; dead-letters list names them");
    }

    @Override
    public void close() {
        close.run();
    }
}
