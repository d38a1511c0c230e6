package dev.sluice.transport;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is known after one attempt to deliver a batch. */
public sealed interface Reply {

    /**
     * A readable answer that counts rows. Whether it is a success is for the counts to say.
     *
     * @param written rows that are written now
     * @param rejected rows that were refused
     * @param requestId the receiver's name of the request
     * @param snapshotId the snapshot that holds the rows
     * @param messages what the receiver remarked, warnings before errors
     */
    record Counted(
            int written,
            int rejected,
            @Nullable String requestId,
            @Nullable String snapshotId,
            List<String> messages) implements Reply {
        public Counted {
            messages = List.copyOf(messages);
        }
    }

    /**
     * The key was not accepted: HTTP 401 or 403.
     *
     * @param status the status
     * @param message the receiver's words, shortened; empty if there are none
     * @param keyMayChange whether asking again later can bring another key
     * @param requestId the receiver's name of the request
     */
    record Unauthorized(
            int status,
            String message,
            boolean keyMayChange,
            @Nullable String requestId) implements Reply {}

    /**
     * An HTTP status that is no success (2xx) and neither 401 nor 403.
     *
     * @param status the status
     * @param message the receiver's words, shortened; empty if there are none
     * @param retryAfter how long the receiver asks to wait, if it asks (RFC 9110, section 10.2.3)
     * @param requestId the receiver's name of the request
     */
    record Refused(
            int status,
            String message,
            @Nullable Duration retryAfter,
            @Nullable String requestId) implements Reply {}

    /**
     * The batch surely did not arrive in full: no connection, no TLS, or the sending broke off.
     *
     * @param message what happened
     */
    record NotSent(String message) implements Reply {}

    /**
     * The batch was sent in full and no readable answer came: it may be written or not.
     *
     * @param message what happened instead
     * @param status the HTTP status, 0 if there was none
     */
    record Unreadable(String message, int status) implements Reply {}
}
