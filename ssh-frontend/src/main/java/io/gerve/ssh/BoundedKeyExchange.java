package io.gerve.ssh;

import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.common.RuntimeSshException;
import org.apache.sshd.common.session.helpers.AbstractSession;
import org.apache.sshd.common.session.helpers.KeyExchangeMessageHandler;
import org.apache.sshd.common.session.helpers.PendingWriteFuture;
import org.apache.sshd.common.util.buffer.Buffer;
import org.slf4j.Logger;

/**
 * Key exchange handler that bounds the packets which wait for the end of a key exchange. Without the bound, a client
 * that keeps an exchange open and goes on sending requests fills the memory with replies.
 */
final class BoundedKeyExchange extends KeyExchangeMessageHandler {
    private static final int WAITING_MAX = 1000;

    private final AtomicInteger waiting = new AtomicInteger();

    BoundedKeyExchange(AbstractSession session, Logger log) {
        super(session, log);
    }

    @Override
    protected PendingWriteFuture enqueuePendingPacket(int message, Buffer buffer) {
        if (waiting.incrementAndGet() > WAITING_MAX) {
            throw new RuntimeSshException(
                    "More than " + WAITING_MAX + " packets are waiting for the end of a key exchange");
        }
        PendingWriteFuture written = super.enqueuePendingPacket(message, buffer);
        written.addListener(_ -> waiting.decrementAndGet());
        return written;
    }
}
