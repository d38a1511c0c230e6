package dev.sluice;

import dev.sluice.receipt.Receipt;
import dev.sluice.row.SluiceException;

/**
 * Some rows of a push were neither written nor taken by the dead letters: they are still the caller's. The
 * {@link #receipt()} says how many, and what became of the others; the subclass says why and whether pushing them again
 * is safe.
 */
public abstract sealed class PushException extends SluiceException {
    private static final long serialVersionUID = 1L;

    private final transient Receipt receipt;

    private PushException(String message, Receipt receipt) {
        super(message);
        this.receipt = receipt;
    }

    /** What became of every row of the push. */
    public Receipt receipt() {
        return receipt;
    }

    /** Every attempt failed, surely without writing anything, or time ran out: pushing the rows again is safe. */
    public static final class Undelivered extends PushException {
        private static final long serialVersionUID = 1L;

        Undelivered(String message, Receipt receipt) {
            super(message, receipt);
        }
    }

    /**
     * At least one attempt was sent in full without a readable answer and none succeeded after it: the rows may be
     * written. Pushing them again under the same {@link PushRequest#id id} repeats none if the receiver honours ids.
     */
    public static final class OutcomeUnknown extends PushException {
        private static final long serialVersionUID = 1L;

        OutcomeUnknown(String message, Receipt receipt) {
            super(message, receipt);
        }
    }

    /** The API does not accept the key. */
    public static final class Unauthorized extends PushException {
        private static final long serialVersionUID = 1L;

        Unauthorized(String message, Receipt receipt) {
            super(message, receipt);
        }
    }

    /** The API refuses the rows themselves and there is no dead-letter hook, or it failed. */
    public static final class Rejected extends PushException {
        private static final long serialVersionUID = 1L;

        Rejected(String message, Receipt receipt) {
            super(message, receipt);
        }
    }

    /** The API wrote some rows of a batch and did not say which, and there is no dead-letter hook, or it failed. */
    public static final class PartlyWritten extends PushException {
        private static final long serialVersionUID = 1L;

        PartlyWritten(String message, Receipt receipt) {
            super(message, receipt);
        }
    }

    /** The API's answer means that no request like this can succeed, such as a wrong address. */
    public static final class Stopped extends PushException {
        private static final long serialVersionUID = 1L;

        Stopped(String message, Receipt receipt) {
            super(message, receipt);
        }
    }

    /** The thread was interrupted, or the client closed, before the rows were delivered; the interrupt flag is kept. */
    public static final class Aborted extends PushException {
        private static final long serialVersionUID = 1L;

        Aborted(String message, Receipt receipt) {
            super(message, receipt);
        }
    }
}
