package dev.sluice.batch;

/**
 * How much goes into one request.
 *
 * @param maxRows rows in a batch, 1 to {@value #ROW_LIMIT}
 * @param maxBytes bytes of JSON in a batch, 1 to {@value #BYTE_LIMIT}; a single row that is longer travels alone, as
 *     long as it keeps the API's own limit
 */
public record BatchPolicy(int maxRows, int maxBytes) {
    /** The API takes at most this many rows in a request. */
    public static final int ROW_LIMIT = 50_000;

    /** The API takes bodies of at most 10,000,000 bytes before compression; 64 KiB of it are left for the envelope. */
    public static final int BYTE_LIMIT = 10_000_000 - 65_536;

    /** 5,000 rows or 4,000,000 bytes, whichever comes first. */
    public static final BatchPolicy DEFAULT = new BatchPolicy(5_000, 4_000_000);

    public BatchPolicy {
        check("maxRows", maxRows, ROW_LIMIT);
        check("maxBytes", maxBytes, BYTE_LIMIT);
    }

    private static void check(String name, int value, int limit) {
        if (value < 1 || value > limit) {
            throw new IllegalArgumentException("batch " + name + " must be 1 to " + limit + ", found " + value);
        }
    }
}
