package io.gerve.ssh;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousSocketChannel;
import java.util.concurrent.Executors;
import jdk.net.ExtendedSocketOptions;
import org.apache.sshd.common.FactoryManager;
import org.apache.sshd.common.io.IoHandler;
import org.apache.sshd.common.io.nio2.Nio2Service;
import org.apache.sshd.common.io.nio2.Nio2ServiceFactory;
import org.apache.sshd.common.io.nio2.Nio2Session;
import org.apache.sshd.common.util.threads.CloseableExecutorService;
import org.apache.sshd.common.util.threads.NoCloseExecutor;

/**
 * Asynchronous sockets whose events are each handled on a virtual thread of their own, so that a look-up that blocks holds up its own
 * connection and no other.
 */
final class Nio2Transport extends Nio2ServiceFactory {
    /** A client's host that is gone is found out after KEEP_IDLE + KEEP_COUNT * KEEP_INTERVAL seconds: three minutes. */
    private static final int KEEP_IDLE = 60;

    private static final int KEEP_INTERVAL = 15;
    private static final int KEEP_COUNT = 8;

    Nio2Transport(FactoryManager manager) {
        super(manager, virtualThreads("gerve-ssh-io-"), virtualThreads("gerve-ssh-resume-"));
    }

    private static CloseableExecutorService virtualThreads(String name) {
        return new NoCloseExecutor(Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name(name, 0).factory()));
    }

    @Override
    public Nio2Session createSession(
            Nio2Service service, IoHandler handler, AsynchronousSocketChannel socket, SocketAddress acceptedAt)
            throws IOException {
        findDeadHosts(socket);
        return new Nio2Session(service, getFactoryManager(), handler, socket, acceptedAt) {
            // The accepting thread must not read: when bytes are there already, the platform would handle them on its
            // stack, look-ups included, before it accepts the next client.
            @Override
            public void startReading(ByteBuffer buffer) {
                Thread.ofVirtual().name("gerve-ssh-first-read").start(() -> super.startReading(buffer));
            }
        };
    }

    private static void findDeadHosts(AsynchronousSocketChannel socket) throws IOException {
        socket.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
        if (socket.supportedOptions().contains(ExtendedSocketOptions.TCP_KEEPIDLE)) {
            socket.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, KEEP_IDLE);
            socket.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, KEEP_INTERVAL);
            socket.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, KEEP_COUNT);
        }
    }
}
