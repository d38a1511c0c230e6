package dev.sluice.spool;

import dev.sluice.row.SluiceException;
import org.jspecify.annotations.Nullable;

/**
 * What is to be kept could not be kept, or what was kept could not be read. What was kept before is still there, unless
 * the subclass says otherwise.
 */
public sealed class SpoolException extends SluiceException {
    private static final long serialVersionUID = 1L;

    /** It cannot be reached, read or written, such as for want of permission. */
    public SpoolException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** There is no room: its own bound is reached, or the disk is full. Nothing of what was handed in is kept. */
    public static final class Full extends SpoolException {
        private static final long serialVersionUID = 1L;

        public Full(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /** Another owner has it open, in this process or in another one. */
    public static final class InUse extends SpoolException {
        private static final long serialVersionUID = 1L;

        public InUse(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /** The file is not what was written: something overwrote it, cut it off or took it away. */
    public static final class Damaged extends SpoolException {
        private static final long serialVersionUID = 1L;

        public Damaged(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }
}
