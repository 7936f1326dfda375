package io.gerve.session;

import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells a client something on its standard error. */
record Teller(Client client, RequestId id) {
    private static final Logger LOG = LoggerFactory.getLogger(Teller.class);
    /** A client that reads gets its sentence long before; one that does not must not hold up the end of its request. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    /** @return the end of a request that consists of being told this */
    Ended tell(ClientMessage message, EndedBy by) {
        tell(message);
        return Ended.exit(message.exitStatus(), by);
    }

    void tell(ClientMessage message) {
        Thread writing = Thread.ofVirtual().name("tell " + id).start(() -> write(message));
        try {
            if (!writing.join(PATIENCE)) {
                LOG.debug("a client did not read what it was told");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void write(ClientMessage message) {
        try {
            client.stderr().write(message.line(id));
            client.stderr().flush();
        } catch (IOException e) {
            LOG.debug("the client was gone before it was told", e);
        }
    }
}
