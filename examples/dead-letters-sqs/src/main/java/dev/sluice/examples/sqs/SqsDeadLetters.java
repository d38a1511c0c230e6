package dev.sluice.examples.sqs;

import dev.sluice.batch.BatchId;
import dev.sluice.receipt.DeadLetter;
import dev.sluice.receipt.DeadLetters;
import dev.sluice.row.SluiceException;
import java.util.List;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.SendMessageRequest;

/**
 * Posts dead letters to a queue of Amazon SQS.
 *
 * <p>A letter is one message, or as many as its rows need: each is a JSON object of at most {@value #MAX_BYTES} bytes
 * with {@code table}, {@code reason}, {@code batch}, {@code part} and {@code parts}, {@code error}, {@code rows} and
 * what else is known. All are cut before the first is sent: a row that fits in none throws
 * {@link LetterTooLargeException} and nothing was sent.
 *
 * <p>Messages go one by one, each with an answer of its own, and {@link #keep} returns when SQS has taken the last. (A
 * batch request saves nothing: its messages together have the same limit, and each may fail by itself.) If one is not
 * taken, keep throws, and the rows stay with whoever pushed them; the parts before it are in the queue, and come again
 * when the letter does. A reader tells them by batch and part. In a queue whose name ends in {@code .fifo} SQS itself
 * drops what comes again within five minutes, and the letters of a table keep their order.
 *
 * <p>A queue forgets messages after its retention period, 4 days unless set: rows that nobody has read by then are lost.
 *
 * <p>Safe for use by several threads. Blocks for as long as the client's timeouts and retries allow; set
 * {@code apiCallTimeout} on it, for the table's next batch may have to wait. The client is the caller's to close.
 */
public final class SqsDeadLetters implements DeadLetters {
    /** The longest message: {@value} bytes, which every queue takes. */
    public static final int MAX_BYTES = 262_144;

    private final SqsClient sqs;
    private final String queueUrl;

    /** A hook that posts to one queue, which exists. */
    public SqsDeadLetters(SqsClient sqs, String queueUrl) {
        this.sqs = sqs;
        this.queueUrl = queueUrl;
    }

    /**
     * Posts the letter.
     *
     * @throws LetterTooLargeException if one of its rows fits in no message; nothing was sent
     * @throws SluiceException if SQS did not take all of it, saying how much it took
     */
    @Override
    public void keep(DeadLetter letter) {
        List<LetterMessages.Message> messages = LetterMessages.of(letter, MAX_BYTES);
        for (int i = 0; i < messages.size(); i++) {
            send(letter, messages.get(i), i, messages.size());
        }
    }

    private void send(DeadLetter letter, LetterMessages.Message message, int before, int all) {
        try {
            sqs.sendMessage(request(letter, message));
        } catch (SdkException e) {
            throw new SluiceException(
                    "message " + (before + 1) + " of " + all + " for the "
                            + letter.batch().rows()
                            + " dead rows of batch " + letter.batch().id() + " was not taken by " + queueUrl + ", "
                            + before + " were: see that the queue is there and this program may send to it",
                    e);
        }
    }

    /** Names of groups and repetitions may have 128 characters, and not all of those that tables have. */
    private SendMessageRequest request(DeadLetter letter, LetterMessages.Message message) {
        SendMessageRequest.Builder request =
                SendMessageRequest.builder().queueUrl(queueUrl).messageBody(message.body());
        if (queueUrl.endsWith(".fifo")) {
            String table = letter.batch().destination().table();
            request.messageGroupId(BatchId.derived(table).value());
            request.messageDeduplicationId(message.rows().value());
        }
        return request.build();
    }
}
