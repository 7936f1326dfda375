package io.gerve.ssh;

import io.gerve.config.IpNetwork;
import io.gerve.connection.PendingConnections;
import io.gerve.connection.PendingPlace;
import io.gerve.ssh.transport.SelectorSession;
import java.io.IOException;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.util.Readable;
import org.apache.sshd.common.util.buffer.BufferException;
import org.apache.sshd.server.ServerFactoryManager;
import org.apache.sshd.server.session.ServerSessionImpl;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Server session that bounds what a client can take before it has authenticated: its connections, and the memory for
 * its input. After that it bounds the connections that run no command, and what they hold. It logs no error that a client can cause, since
 * load balancers check the frontend every second with connections that end early.
 */
abstract class BoundedSession extends ServerSessionImpl {
    static final String TOO_MANY_IDLE =
            "Too many connections of this account or key run no command. Please close those that you do not need.";

    private static final Logger LOG = LoggerFactory.getLogger(BoundedSession.class);

    /** The length that every implementation must support (RFC 4253, section 6.1). Gerve asks for no longer packets. */
    private static final int PACKET_MAX = 35_000;

    private final SelectorSession socket;
    private volatile PendingConnections<IpNetwork>.@Nullable Entry unauthenticated;
    private volatile @Nullable PendingPlace<Object> idlePlace;

    BoundedSession(ServerFactoryManager server, SelectorSession socket) throws Exception {
        super(server, socket);
        this.socket = socket;
    }

    final SelectorSession socket() {
        return socket;
    }

    /**
     * Takes over the entry that counts this connection until the client has authenticated. The count may close the
     * connection in favour of another one.
     */
    final void countAsUnauthenticated(PendingConnections<IpNetwork>.Entry entry) {
        entry.closeBy(this::evict);
        unauthenticated = entry;
    }

    /** Counts this connection, which a proxy has opened, for the proxy's client from now on. */
    final void countAsUnauthenticated(PendingConnections<IpNetwork> connections, InetAddress client) {
        PendingConnections<IpNetwork>.Entry ofProxy = unauthenticated;
        if (ofProxy != null) {
            ofProxy.close();
        }
        IpNetwork network = IpNetwork.ofClient(client);
        socket.readFor(network);
        PendingConnections<IpNetwork>.Entry entry = connections.add(IpNetwork.ofSite(client), network, this::evict);
        unauthenticated = entry;
        addCloseFutureListener(_ -> entry.close());
    }

    /** Ends the connection after an error. If the frontend itself has failed, MINA logs the error as a warning. */
    @Override
    public void exceptionCaught(Throwable cause) {
        if (!isCausedByClient(cause)) {
            super.exceptionCaught(cause);
            return;
        }
        LOG.debug("Ending the connection of a client after an error", cause);
        signalExceptionCaught(cause);
        if (isOpen() && cause instanceof SshException error && error.getDisconnectCode() > 0) {
            tell(error);
        } else {
            close(true);
        }
    }

    private static boolean isCausedByClient(Throwable cause) {
        return cause instanceof IOException
                || cause instanceof GeneralSecurityException
                || cause instanceof BufferException;
    }

    private void tell(SshException error) {
        try {
            disconnect(error.getDisconnectCode(), error.getMessage());
        } catch (IOException e) {
            LOG.debug("Cannot tell a client why its connection ends", e);
            close(true);
        }
    }

    /** Closes this connection at once, in favour of another one. */
    abstract void evict();

    /**
     * Counts this connection whenever it is idle, from now on. The count may close it in favour of another one.
     *
     * @param owner account or organization that it counts for
     */
    final void countAsIdle(PendingConnections<Object> connections, Object owner) {
        idlePlace = new PendingPlace<>(this::isIdle, () -> connections.add(owner, this::evictIdle));
        addCloseFutureListener(_ -> updateIdle());
        updateIdle();
    }

    /** Must be called after each change of what {@link #isIdle} returns. */
    final void updateIdle() {
        PendingPlace<Object> place = idlePlace;
        if (place != null) {
            place.update();
            place.buffered(bytesBeyondBudget());
        }
    }

    private int bytesBeyondBudget() {
        return Math.max(0, decoderBuffer.array().length + unreadReplyBytes() - HeapBudget.CONNECTION_BYTES);
    }

    /** Returns the memory of the replies that the client has not read, in bytes. */
    abstract int unreadReplyBytes();

    /** Returns whether this connection is open and runs no command. */
    abstract boolean isIdle();

    /** Closes this connection in favour of another one, unless it has become busy. */
    abstract void evictIdle();

    /** Lifts the bounds, since the client has authenticated. */
    final void liftBounds() {
        PendingConnections<IpNetwork>.Entry entry = unauthenticated;
        if (entry != null) {
            entry.close();
            unauthenticated = null;
        }
        socket.authenticated();
    }

    @Override
    public void messageReceived(Readable bytes) throws Exception {
        super.messageReceived(bytes);
        PendingConnections<IpNetwork>.Entry entry = unauthenticated;
        if (entry != null) {
            entry.buffered(decoderBuffer.array().length);
        }
        PendingPlace<Object> place = idlePlace;
        if (place != null) {
            place.buffered(bytesBeyondBudget());
        }
    }

    /**
     * Refuses a packet by its length, before it is buffered: MINA accepts 256 KiB from any client. The reply does not tell
     * the length, which some ciphers encrypt without authenticating it first.
     */
    @Override
    protected void decode() throws Exception {
        super.decode();
        boolean isIncomplete = decoderState == 1;
        if (isIncomplete && decoderLength > PACKET_MAX) {
            throw new SshException(
                    SshConstants.SSH2_DISCONNECT_PROTOCOL_ERROR, "A packet is longer than " + PACKET_MAX + " bytes");
        }
    }
}
