package io.gerve.request;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sender of messages to a client. */
public record ClientMessenger(ClientStreams client, RequestContext context) {
    private static final Logger LOG = LoggerFactory.getLogger(ClientMessenger.class);
    /**
     * Limit of a write. A client that reads receives its message much sooner; one that does not must not delay the end
     * of its request.
     */
    private static final Duration WRITE_TIMEOUT = Duration.ofSeconds(2);

    /**
     * Sends the message that ends the request. Returns the end of the request: by the client if it disconnected before
     * it received the message.
     */
    public RequestEnd send(ClientMessage message, EndedBy by) {
        return RequestEnd.exit(message.exitStatus(), send(message) ? by : EndedBy.CLIENT);
    }

    /**
     * Sends a message, also on an interrupted thread, which stays interrupted.
     *
     * @return whether the client was still connected
     */
    public boolean send(ClientMessage message) {
        context.answered(message);
        return write(client.stderr(), message.line(context.id()));
    }

    /**
     * Writes an answer to standard output, which carries no git data for a self-service command.
     *
     * @return the end of the request
     */
    public RequestEnd answer(String text) {
        boolean written = write(client.stdout(), text.getBytes(StandardCharsets.UTF_8));
        return RequestEnd.exit(0, written ? EndedBy.GATE : EndedBy.CLIENT);
    }

    private static boolean write(OutputStream stream, byte[] bytes) {
        var written = new AtomicBoolean(true);
        Thread writer = Thread.ofVirtual().name("client-message").start(() -> written.set(tryWrite(stream, bytes)));
        boolean interrupted = Thread.interrupted();
        try {
            if (!writer.join(WRITE_TIMEOUT)) {
                LOG.debug("message to the client timed out");
            }
        } catch (InterruptedException e) {
            interrupted = true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        return written.get();
    }

    private static boolean tryWrite(OutputStream stream, byte[] bytes) {
        try {
            stream.write(bytes);
            stream.flush();
            return true;
        } catch (IOException e) {
            LOG.debug("message to the client failed", e);
            return false;
        }
    }
}
