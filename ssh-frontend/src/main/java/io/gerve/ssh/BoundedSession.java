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
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.util.Readable;
import org.apache.sshd.common.util.buffer.BufferException;
import org.apache.sshd.server.ServerFactoryManager;
import org.apache.sshd.server.session.ServerSessionImpl;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Server session that bounds what a client can take before it has authenticated: its connections, and the memory for
 * its input. After that it bounds the connections that run no command. It logs no error that a client can cause, since
 * load balancers check the frontend every second with connections that end early.
 */
abstract class BoundedSession extends ServerSessionImpl {
    static final String TOO_MANY_IDLE =
            "Too many connections of this account or key run no command. Please close those that you do not need.";

    private static final Logger LOG = LoggerFactory.getLogger(BoundedSession.class);

    /**
     * The length that every implementation must support (RFC 4253, section 6.1); messages before the login are far
     * smaller.
     */
    private static final int UNAUTHENTICATED_PACKET_MAX = 35_000;

    private volatile PendingConnections<IpNetwork>.@Nullable Entry unauthenticated;
    private volatile @Nullable PendingPlace<Object> idlePlace;
    private volatile boolean isUnbounded;

    BoundedSession(ServerFactoryManager server, IoSession socket) throws Exception {
        super(server, socket);
    }

    /** Counts this connection until the client has authenticated. The count may close it in favour of another one. */
    final void countAsUnauthenticated(PendingConnections<IpNetwork> connections, InetAddress client) {
        IpNetwork network = IpNetwork.ofClient(client);
        if (getIoSession() instanceof SelectorSession socket) {
            socket.readFor(network);
        }
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
     * @param principal account or deploy key that it counts for
     */
    final void countAsIdle(PendingConnections<Object> connections, Object principal) {
        idlePlace = new PendingPlace<>(this::isIdle, () -> connections.add(principal, this::evictIdle));
        addCloseFutureListener(_ -> updateIdle());
        updateIdle();
    }

    /** Must be called after each change of what {@link #isIdle} returns. */
    final void updateIdle() {
        PendingPlace<Object> place = idlePlace;
        if (place != null) {
            place.update();
        }
    }

    /** Returns whether this connection is open and runs no command. */
    abstract boolean isIdle();

    /** Closes this connection in favour of another one, unless it has become busy. */
    abstract void evictIdle();

    /** Lifts the bounds, since the client has authenticated. */
    final void liftBounds() {
        isUnbounded = true;
        PendingConnections<IpNetwork>.Entry entry = unauthenticated;
        if (entry != null) {
            entry.close();
            unauthenticated = null;
        }
        if (getIoSession() instanceof SelectorSession socket) {
            socket.authenticated();
        }
    }

    /** Lets other clients be read while the calling thread, which reads this one, waits for a turn or a look-up. */
    final void leaveReadingTurn() {
        if (getIoSession() instanceof SelectorSession socket) {
            socket.leaveTurn();
        }
    }

    @Override
    public void messageReceived(Readable bytes) throws Exception {
        super.messageReceived(bytes);
        PendingConnections<IpNetwork>.Entry entry = unauthenticated;
        if (entry != null) {
            entry.buffered(decoderBuffer.array().length);
        }
    }

    /**
     * Refuses a packet by its length, when at most 4 KiB of it are buffered, since no more is read from an
     * unauthenticated client at once. MINA accepts 256 KiB from any client. The reply reveals nothing secret, since no
     * offered cipher encrypts the length without authenticating it.
     */
    @Override
    protected void decode() throws Exception {
        super.decode();
        boolean isIncomplete = decoderState == 1;
        if (isIncomplete && decoderLength > UNAUTHENTICATED_PACKET_MAX && !isUnbounded) {
            throw new SshException(
                    SshConstants.SSH2_DISCONNECT_PROTOCOL_ERROR,
                    "Packet of " + decoderLength + " bytes before the login, at most " + UNAUTHENTICATED_PACKET_MAX);
        }
    }
}
