package io.gerve.session;

import io.gerve.program.RequestId;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells a client something on its standard error. */
record Teller(Client client, RequestId id) {
    private static final Logger LOG = LoggerFactory.getLogger(Teller.class);
    /** A client that reads gets its sentence long before; one that does not must not hold up the end of its request. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    /** @return the end of a request that consists of being told this; by the client if it was gone before it could be told */
    Ended tell(ClientMessage message, EndedBy by) {
        return Ended.exit(message.exitStatus(), tell(message) ? by : EndedBy.CLIENT);
    }

    /** Also tells on a thread that was interrupted, which stays so.
     *  @return whether the client was still there */
    boolean tell(ClientMessage message) {
        var told = new AtomicBoolean(true);
        Thread writing = Thread.ofVirtual().name("tell " + id).start(() -> told.set(isWritten(message)));
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

    private boolean isWritten(ClientMessage message) {
        try {
            client.stderr().write(message.line(id));
            client.stderr().flush();
            return true;
        } catch (IOException e) {
            LOG.debug("the client was gone before it was told", e);
            return false;
        }
    }
}
