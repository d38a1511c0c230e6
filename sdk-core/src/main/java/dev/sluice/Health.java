package dev.sluice;

import dev.sluice.transport.Reply;

/** How the API answered the latest attempt of a client. */
public enum Health {
    /** It answered as it should, even if it refused rows; also before the first attempt. */
    UP,
    /** It asks to come more slowly: HTTP 425 or 429. */
    BUSY,
    /** It does not accept the key: HTTP 401 or 403. */
    AUTH,
    /** It could not be reached, or failed: no readable answer, HTTP 408, 500, 502, 503 or 504. */
    DOWN;

    static Health of(Reply reply) {
        if (reply instanceof Reply.Unauthorized) {
            return AUTH;
        }
        if (reply instanceof Reply.Refused refused) {
            return switch (refused.status()) {
                case 425, 429 -> BUSY;
                case 408, 500, 502, 503, 504 -> DOWN;
                default -> UP;
            };
        }
        return reply instanceof Reply.Counted ? UP : DOWN;
    }
}
