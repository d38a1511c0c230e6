package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jdbc.checkpoint.Chunk;
import dev.sluice.jdbc.checkpoint.Cursor;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class ChunkPlanTest {
    @Test
    void shares_the_rows_among_threads_when_that_makes_no_chunk_too_large_or_small() {
        assertThat(ChunkPlan.rows(200_000, 4, 5_000)).isEqualTo(50_000);
        assertThat(ChunkPlan.rows(10_000_000, 4, 5_000)).isEqualTo(250_000);
        assertThat(ChunkPlan.rows(400, 4, 5_000)).isEqualTo(5_000);
        assertThat(ChunkPlan.rows(-1, 4, 5_000)).isEqualTo(250_000);
    }

    @Test
    void makes_one_chunk_when_the_table_is_empty_or_fits_one() {
        Chunk all = new Chunk(null, null, null, false);
        assertThat(cut(0, 10)).containsExactly(all);
        assertThat(cut(10, 10)).containsExactly(all);
    }

    @Test
    void begins_each_chunk_where_the_one_before_ends() {
        assertThat(cut(25, 10))
                .containsExactly(
                        new Chunk(null, place(10), null, false),
                        new Chunk(place(10), place(20), null, false),
                        new Chunk(place(20), null, null, false));
    }

    @Test
    void makes_larger_chunks_when_there_are_more_rows_than_expected() {
        List<Chunk> chunks = cut(1_000_000, 10);
        assertThat(chunks).hasSizeBetween(ChunkPlan.MOST_CHUNKS / 2, ChunkPlan.MOST_CHUNKS);
        for (int i = 1; i < chunks.size() - 1; i++) {
            assertThat(chunks.get(i).from()).isEqualTo(chunks.get(i - 1).to());
            assertThat(number(chunks.get(i).to()) - number(chunks.get(i).from()))
                    .isEqualTo(number(chunks.get(0).to()));
        }
    }

    @Test
    void makes_no_chunks_when_it_is_stopped() {
        assertThat(ChunkPlan.cut((place, rows) -> Optional.of(place(1)), 10, () -> true))
                .isEmpty();
    }

    /** Of a table whose keys are 1 to {@code last}. */
    private static List<Chunk> cut(int last, int rows) {
        return ChunkPlan.cut(
                        (place, some) -> number(place) == last
                                ? Optional.empty()
                                : Optional.of(place(Math.min(last, number(place) + some))),
                        rows,
                        () -> false)
                .orElseThrow();
    }

    private static int number(@Nullable Cursor place) {
        return place == null ? 0 : Integer.parseInt(place.key().get(0));
    }

    private static Cursor place(int number) {
        return new Cursor(null, List.of(Integer.toString(number)));
    }
}
