package io.gerve.request;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells a client something. */
public record ClientMessenger(ClientStreams client, RequestContext context) {
    private static final Logger LOG = LoggerFactory.getLogger(ClientMessenger.class);
    /** A client that reads gets its sentence long before; one that does not must not hold up the end of its request. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    /** @return the end of a request that consists of being told this; by the client if it was gone before it could be told */
    public RequestEnd send(ClientMessage message, EndedBy by) {
        return RequestEnd.exit(message.exitStatus(), send(message) ? by : EndedBy.CLIENT);
    }

    /** Also tells on a thread that was interrupted, which stays so.
     *  @return whether the client was still there */
    public boolean send(ClientMessage message) {
        context.answered(message);
        return write(client.stderr(), message.line(context.id()));
    }

    /** Answers on standard output: the client asked for nothing that git would read there.
     *  @return the end of the request */
    public RequestEnd answer(String text) {
        boolean told = write(client.stdout(), text.getBytes(StandardCharsets.UTF_8));
        return RequestEnd.exit(0, told ? EndedBy.GATE : EndedBy.CLIENT);
    }

    private static boolean write(OutputStream stream, byte[] bytes) {
        var told = new AtomicBoolean(true);
        Thread writing = Thread.ofVirtual().name("tell").start(() -> told.set(isWritten(stream, bytes)));
        boolean interrupted = Thread.interrupted();
        try {
            if (!writing.join(PATIENCE)) {
                LOG.debug("a client did not read what it was told");
            }
        } catch (InterruptedException e) {
            interrupted = true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        return told.get();
    }

    private static boolean isWritten(OutputStream stream, byte[] bytes) {
        try {
            stream.write(bytes);
            stream.flush();
            return true;
        } catch (IOException e) {
            LOG.debug("the client was gone before it was told", e);
            return false;
        }
    }
}
