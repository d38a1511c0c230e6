package dev.sluice.lake;

import org.jspecify.annotations.Nullable;

/** One valid request to land rows: what it asks for, its rows and the hash of its data. */
record StreamRequest(
        StreamConfig config,
        Rows rows,
        String sha256,
        @Nullable String batchId) {}
