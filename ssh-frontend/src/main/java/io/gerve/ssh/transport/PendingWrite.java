package io.gerve.ssh.transport;

import java.nio.ByteBuffer;
import org.apache.sshd.common.io.AbstractIoWriteFuture;

/**
 * Bytes on their way to a client, and the future that MINA waits on. MINA casts it to {@code DefaultSshFuture}, hence the superclass.
 * Must be completed outside of every lock, since its listeners may close the session.
 */
final class PendingWrite extends AbstractIoWriteFuture {
    private final ByteBuffer bytes;

    PendingWrite(Object id, ByteBuffer bytes) {
        super(id, null);
        this.bytes = bytes;
    }

    ByteBuffer bytes() {
        return bytes;
    }

    void written() {
        setValue(true);
    }

    void failed(Throwable cause) {
        setValue(cause);
    }
}
