package io.gerve.ssh;

import io.gerve.config.IpNetwork;
import io.gerve.connection.PendingConnections;
import io.gerve.ssh.transport.AdmissionPolicy;
import io.gerve.ssh.transport.SelectorSession;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.Predicate;
import org.apache.sshd.common.io.IoSession;

/**
 * Counts each connection from the time at which it is accepted, before it has a thread. So no flood can fill the accepted
 * connections: at a limit, the client with the most loses its oldest one.
 */
final class ConnectionAdmission implements AdmissionPolicy {
    private static final Object ENTRY = new Object();

    private final int openMax;
    private final Predicate<InetAddress> isProxy;
    private final PendingConnections<IpNetwork> unauthenticated;

    /**
     * @param openMax connections that are open, or closing, at one time
     * @param isProxy whether connections from the address are of many clients
     */
    ConnectionAdmission(int openMax, Predicate<InetAddress> isProxy, PendingConnections<IpNetwork> unauthenticated) {
        this.openMax = openMax;
        this.isProxy = isProxy;
        this.unauthenticated = unauthenticated;
    }

    private record Counted(PendingConnections<IpNetwork>.Entry entry) {}

    /** Returns the entry that counts the connection. */
    static PendingConnections<IpNetwork>.Entry entryOf(IoSession session) {
        if (session.getAttribute(ENTRY) instanceof Counted(var entry)) {
            return entry;
        }
        throw new IllegalStateException("The connection has been closed");
    }

    @Override
    public boolean admits(InetAddress address, int open) {
        return open < openMax;
    }

    @Override
    public void admitted(SelectorSession session) {
        InetAddress peer = ((InetSocketAddress) session.getRemoteAddress()).getAddress();
        Runnable close = () -> session.close(true);
        PendingConnections<IpNetwork>.Entry entry;
        if (isProxy.test(peer)) {
            entry = unauthenticated.addProxy(IpNetwork.ofClient(peer), close);
        } else {
            session.readFor(IpNetwork.ofClient(peer));
            entry = unauthenticated.add(IpNetwork.ofSite(peer), IpNetwork.ofClient(peer), close);
        }
        session.setAttribute(ENTRY, new Counted(entry));
        session.addCloseFutureListener(_ -> entry.close());
    }
}
