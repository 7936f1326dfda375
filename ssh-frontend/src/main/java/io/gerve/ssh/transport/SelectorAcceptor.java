package io.gerve.ssh.transport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.sshd.common.Closeable;
import org.apache.sshd.common.io.IoAcceptor;
import org.apache.sshd.common.io.IoHandler;
import org.apache.sshd.common.io.IoServiceEventListener;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.util.closeable.AbstractInnerCloseable;
import org.jspecify.annotations.Nullable;

/** Listening sockets and the connections that were accepted from them. Safe for use by many threads. */
public final class SelectorAcceptor extends AbstractInnerCloseable implements IoAcceptor {
    private final IoHandler handler;
    private final AdmissionPolicy admission;
    private final ListeningSocket listeningSocket;
    private final int backlog;
    private final Workers workers;
    private final Map<SocketAddress, AcceptLoop> loops = new ConcurrentHashMap<>();
    private final Map<Long, IoSession> sessions = new ConcurrentHashMap<>();
    private volatile @Nullable IoServiceEventListener listener;

    SelectorAcceptor(
            IoHandler handler,
            AdmissionPolicy admission,
            ListeningSocket listeningSocket,
            int backlog,
            Workers workers) {
        this.handler = handler;
        this.admission = admission;
        this.listeningSocket = listeningSocket;
        this.backlog = backlog;
        this.workers = workers;
    }

    @Override
    public void bind(Collection<? extends SocketAddress> addresses) throws IOException {
        for (SocketAddress address : addresses) {
            bind(address);
        }
    }

    @Override
    public void bind(SocketAddress address) throws IOException {
        ServerSocketChannel socket = listeningSocket.open(address, backlog);
        try {
            loops.put(
                    socket.getLocalAddress(),
                    new AcceptLoop(socket, peer -> admission.admits(peer, sessions.size()), this::accepted));
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    private void accepted(SocketChannel client, ServerSocketChannel from) {
        SelectorSession session;
        try {
            session = new SelectorSession(this, handler, client, from.getLocalAddress(), workers);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        sessions.put(session.getId(), session);
        boolean isServed = false;
        try {
            admission.admitted(session);
            workers.serve(session);
            isServed = true;
        } finally {
            if (!isServed || isClosing()) {
                session.close(true);
            }
        }
    }

    void remove(SelectorSession session) {
        sessions.remove(session.getId());
    }

    @Override
    public void unbind() {
        unbind(getBoundAddresses());
    }

    @Override
    public void unbind(Collection<? extends SocketAddress> addresses) {
        addresses.forEach(this::unbind);
    }

    /** Stops to accept and closes the socket, unless it was adopted to stay open. */
    @Override
    public void unbind(SocketAddress address) {
        AcceptLoop loop = loops.remove(address);
        if (loop == null) {
            return;
        }
        loop.stop();
        if (listeningSocket.isClosedAfterUse()) {
            try {
                loop.socket().close();
            } catch (IOException e) {
                log.warn("Cannot close the listening socket, address={}", address, e);
            }
        }
    }

    /** Stops to accept and leaves the sockets open, so that connections wait in the kernel for a successor. */
    public void stopAccepting() {
        loops.values().forEach(AcceptLoop::stop);
    }

    @Override
    public Set<SocketAddress> getBoundAddresses() {
        return Set.copyOf(loops.keySet());
    }

    @Override
    public Map<Long, IoSession> getManagedSessions() {
        return Map.copyOf(sessions);
    }

    @Override
    public @Nullable IoServiceEventListener getIoServiceEventListener() {
        return listener;
    }

    @Override
    public void setIoServiceEventListener(@Nullable IoServiceEventListener listener) {
        this.listener = listener;
    }

    @Override
    protected void preClose() {
        unbind();
        super.preClose();
    }

    @Override
    protected Closeable getInnerCloseable() {
        return builder().parallel(toString(), List.copyOf(sessions.values())).build();
    }

    @Override
    public String toString() {
        return "SelectorAcceptor" + loops.keySet();
    }
}
