package dev.sluice;

import dev.sluice.transport.Reply;
import org.jspecify.annotations.Nullable;

/** A reply in a few words for logs: without the API's own, which may quote rows. */
final class Words {
    private Words() {}

    static String of(@Nullable Reply reply) {
        if (reply instanceof Reply.Counted counted) {
            return "HTTP 200, " + counted.written() + " rows written";
        }
        if (reply instanceof Reply.Unauthorized denied) {
            return "HTTP " + denied.status();
        }
        if (reply instanceof Reply.Refused refused) {
            return "HTTP " + refused.status();
        }
        if (reply instanceof Reply.Unreadable) {
            return "sent in full, no readable answer";
        }
        return reply == null ? "no request was made" : "not sent in full";
    }
}
