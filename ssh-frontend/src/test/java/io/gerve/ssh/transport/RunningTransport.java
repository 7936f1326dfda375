package io.gerve.ssh.transport;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.common.io.IoHandler;
import org.apache.sshd.common.io.IoServiceEventListener;
import org.apache.sshd.common.io.IoServiceFactory;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.util.Readable;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.server.SshServer;
import org.jspecify.annotations.Nullable;

/** A transport on a free port of the loopback address, whose handler is the test's: no SSH is spoken. */
final class RunningTransport implements AutoCloseable {
    static final int SECONDS = 60;

    final BlockingQueue<SelectorSession> created = new LinkedBlockingQueue<>();
    final BlockingQueue<SelectorSession> closed = new LinkedBlockingQueue<>();
    final BlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();
    final SelectorAcceptor acceptor;
    private final IoServiceFactory factory;
    private final SocketAddress address;

    /** What a session does with the bytes it received. */
    interface OnMessage {
        void received(SelectorSession session, byte[] bytes) throws Exception;
    }

    static final OnMessage ECHO = (session, bytes) -> {
        var _ = session.writeBuffer(new ByteArrayBuffer(bytes));
    };

    RunningTransport(OnMessage onMessage) throws IOException {
        this(AdmissionPolicy.ADMIT_ALL, new ListeningSocket.Bound(), onMessage, null);
    }

    RunningTransport(
            AdmissionPolicy admission,
            ListeningSocket socket,
            OnMessage onMessage,
            @Nullable IoServiceEventListener listener)
            throws IOException {
        var server = SshServer.setUpDefaultServer();
        server.setIoServiceEventListener(listener);
        factory = new SelectorTransport(admission, socket).create(server);
        acceptor = (SelectorAcceptor) factory.createAcceptor(handler(onMessage));
        acceptor.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        address = acceptor.getBoundAddresses().iterator().next();
    }

    /** Starts a transport whose threads are the given ones. */
    RunningTransport(Workers workers, OnMessage onMessage) throws IOException {
        var server = SshServer.setUpDefaultServer();
        factory = new SelectorServiceFactory(server, AdmissionPolicy.ADMIT_ALL, new ListeningSocket.Bound(), workers);
        acceptor = (SelectorAcceptor) factory.createAcceptor(handler(onMessage));
        acceptor.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        address = acceptor.getBoundAddresses().iterator().next();
    }

    private IoHandler handler(OnMessage onMessage) {
        return new IoHandler() {
            @Override
            public void sessionCreated(IoSession session) {
                created.add((SelectorSession) session);
            }

            @Override
            public void sessionClosed(IoSession session) {
                closed.add((SelectorSession) session);
            }

            @Override
            public void exceptionCaught(IoSession session, Throwable cause) {
                failures.add(cause);
            }

            @Override
            public void messageReceived(IoSession session, Readable message) throws Exception {
                byte[] bytes = new byte[message.available()];
                message.getRawBytes(bytes, 0, bytes.length);
                onMessage.received((SelectorSession) session, bytes);
            }
        };
    }

    Socket connect() throws IOException {
        var socket = new Socket();
        socket.connect(address, SECONDS * 1000);
        socket.setSoTimeout(SECONDS * 1000);
        return socket;
    }

    /** Returns the next session that was created. */
    SelectorSession session() throws InterruptedException {
        return next(created);
    }

    static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
        T next = queue.poll(SECONDS, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("nothing came within " + SECONDS + " s");
        }
        return next;
    }

    @Override
    public void close() {
        acceptor.close(true);
        factory.close(true);
    }
}
