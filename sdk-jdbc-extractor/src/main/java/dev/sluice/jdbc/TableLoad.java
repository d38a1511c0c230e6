package dev.sluice.jdbc;

import dev.sluice.jdbc.checkpoint.Checkpoint;
import dev.sluice.jdbc.checkpoint.Chunk;
import dev.sluice.jdbc.checkpoint.Cursor;
import dev.sluice.jdbc.checkpoint.Load;
import dev.sluice.jdbc.checkpoint.PendingRange;
import dev.sluice.jdbc.checkpoint.PendingRange.Phase;
import dev.sluice.jdbc.source.PageSource;
import dev.sluice.jdbc.source.Slice;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Loads a whole table in the order of its keys, in chunks that threads take one after the other.
 *
 * <p>Rows are read below a horizon that was taken before the first of them; those that change meanwhile rise above it,
 * and are left to the reading of changes, which begins at that horizon. So every state that a row has is read, and none
 * is read twice at the seam.
 */
final class TableLoad {
    /** Moves the chunk that a range belongs to; ranges that are none of a load move nothing. */
    static final Delivery.Along ALONG = range -> checkpoint -> moved(checkpoint, range);

    private final TableSync.Setting setting;
    private final PageSource source;
    private final Delivery delivery;
    private final Progress progress;
    private final int threads;

    /** @param threads how many read at the same time, at most */
    TableLoad(TableSync.Setting setting, PageSource source, Delivery delivery, Progress progress, int threads) {
        this.setting = setting;
        this.source = source;
        this.delivery = delivery;
        this.progress = progress;
        this.threads = threads;
    }

    /** Whether a table with a watermark is still to be loaded, or on. */
    static boolean isDue(Checkpoint checkpoint) {
        return checkpoint.load() != null || (!checkpoint.loaded() && checkpoint.cursor() == null);
    }

    /**
     * Up to where a load reads.
     *
     * @param time a time that every transaction which is still open began after
     * @param bound the same in the watermark's own terms
     */
    record Upper(Instant time, String bound) {}

    /**
     * Loads the table, or what is left of a load that was begun; false if it was stopped.
     *
     * @param upper where a load that is begun now reads to; null if nothing of the table may be read yet
     */
    boolean upTo(@Nullable Upper upper) {
        if (progress.now().load() != null) {
            return goOn();
        }
        return upper == null || (begin(chunks -> begun(upper, chunks)) && goOn());
    }

    /** Reads the whole table, or what is left of a snapshot that was begun; false if it was stopped. */
    boolean snapshot() {
        return (progress.now().load() != null || begin(TableLoad::begun)) && goOn();
    }

    private boolean goOn() {
        readChunks();
        if (!load().isDone()) {
            return false;
        }
        progress.save(TableLoad::ended);
        return true;
    }

    private boolean begin(Function<List<Chunk>, UnaryOperator<Checkpoint>> beginning) {
        Optional<List<Chunk>> chunks = chunks();
        chunks.ifPresent(all -> progress.save(beginning.apply(all)));
        return chunks.isPresent();
    }

    /** One thread has nothing from several chunks. */
    private Optional<List<Chunk>> chunks() {
        if (threads == 1) {
            return Optional.of(List.of(new Chunk(null, null, null, false)));
        }
        int rows =
                ChunkPlan.rows(source.estimatedRows(), threads, setting.pages().maxRows());
        return ChunkPlan.cut(source::keyBehind, rows, setting.stopped());
    }

    private void readChunks() {
        List<Chunk> chunks = load().chunks();
        List<Integer> open = IntStream.range(0, chunks.size())
                .filter(i -> !chunks.get(i).done())
                .boxed()
                .toList();
        Queue<Integer> left = new ConcurrentLinkedQueue<>(open);
        Team team = new Team("sluice-load " + source.table());
        team.run(Math.min(threads, open.size()), () -> {
            Integer next = left.poll();
            while (next != null && readChunk(next, team)) {
                next = left.poll();
            }
        });
    }

    /** False if it was broken off. */
    private boolean readChunk(int index, Team team) {
        boolean through =
                delivery.through(rest(index), ALONG, () -> setting.stopped().getAsBoolean() || team.hasFailed());
        if (through) {
            progress.save(checkpoint -> finished(checkpoint, index));
        }
        return through;
    }

    private Slice rest(int index) {
        Checkpoint now = progress.now();
        Load load = load();
        Chunk chunk = load.chunks().get(index);
        return new Slice(now.loaded() ? Phase.SNAPSHOT : Phase.LOAD, chunk.next(), chunk.to(), load.bound());
    }

    private Load load() {
        return load(progress.now());
    }

    private static Load load(Checkpoint checkpoint) {
        return Objects.requireNonNull(checkpoint.load(), "no load is under way");
    }

    /**
     * Its horizon is the checkpoint's from now on, so that a database that was put back to before it is refused. A later
     * one stays, from which the next pass looks back as far as here.
     */
    private static UnaryOperator<Checkpoint> begun(Upper upper, List<Chunk> chunks) {
        String time = upper.time().toString();
        Load load = new Load(time, upper.bound(), chunks);
        return checkpoint -> {
            String known = checkpoint.horizon();
            boolean later = known != null && Instant.parse(known).isAfter(upper.time());
            return checkpoint.change().horizon(later ? known : time).load(load).build();
        };
    }

    /** A snapshot sends again what an earlier one sent: only a new epoch keeps it from being taken for repetitions. */
    private static UnaryOperator<Checkpoint> begun(List<Chunk> chunks) {
        Load load = new Load(null, null, chunks);
        return checkpoint -> checkpoint.change().nextEpoch().rows(0).load(load).build();
    }

    private static Checkpoint moved(Checkpoint checkpoint, PendingRange range) {
        Load load = checkpoint.load();
        if (load == null || !range.phase().isByKey()) {
            return checkpoint;
        }
        List<Chunk> chunks = load.chunks();
        int index = IntStream.range(0, chunks.size())
                .filter(i -> isNext(chunks.get(i), range))
                .findFirst()
                .orElse(-1);
        if (index < 0) {
            // What is settled out of its turn is read once more from where its chunk is: better than to be stuck.
            return checkpoint;
        }
        Chunk chunk = chunks.get(index).at(range.to());
        // A chunk that stood open at its end could not be told from the next one at its beginning.
        Chunk after = range.to().equals(chunk.to()) ? chunk.finished() : chunk;
        return checkpoint.change().load(load.with(index, after)).build();
    }

    private static boolean isNext(Chunk chunk, PendingRange range) {
        return !chunk.done() && Objects.equals(chunk.next(), range.from());
    }

    private static Checkpoint finished(Checkpoint checkpoint, int index) {
        Load load = load(checkpoint);
        Chunk chunk = load.chunks().get(index).finished();
        return checkpoint.change().load(load.with(index, chunk)).build();
    }

    private static Checkpoint ended(Checkpoint checkpoint) {
        String bound = load(checkpoint).bound();
        Cursor seam = bound == null ? null : new Cursor(bound, List.of());
        return checkpoint.change().loaded(true).load(null).cursor(seam).build();
    }
}
