package io.gerve.ssh.transport;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Platform thread that accepts connections from one listening socket and closes those that are not admitted. It waits in a selector and
 * not in {@code accept}, because only a selector can be left without closing the socket.
 */
final class AcceptLoop {
    private static final Logger LOG = LoggerFactory.getLogger(AcceptLoop.class);

    /** How long the loop waits after a failure, which is most often that the process has too many open files. */
    private static final Duration PAUSE = Duration.ofMillis(100);

    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);

    private final ServerSocketChannel socket;
    private final Predicate<InetAddress> admission;
    private final BiConsumer<SocketChannel, ServerSocketChannel> accepted;
    private final Selector selector;
    private final Thread thread;
    private volatile boolean isStopped;

    /**
     * Starts the loop.
     *
     * @param admission decides by the peer's address
     * @param accepted takes each admitted connection, which is non-blocking, and the listening socket; must not block
     */
    AcceptLoop(
            ServerSocketChannel socket,
            Predicate<InetAddress> admission,
            BiConsumer<SocketChannel, ServerSocketChannel> accepted)
            throws IOException {
        this.socket = socket;
        this.admission = admission;
        this.accepted = accepted;
        this.selector = Selector.open();
        try {
            socket.configureBlocking(false);
            socket.register(selector, SelectionKey.OP_ACCEPT);
        } catch (IOException | RuntimeException e) {
            selector.close();
            throw e;
        }
        this.thread = Thread.ofPlatform().name("gerve-ssh-accept").daemon().start(this::run);
    }

    ServerSocketChannel socket() {
        return socket;
    }

    /** Stops to accept, and leaves the listening socket open. Returns when the last connection has been handed over. */
    void stop() {
        isStopped = true;
        selector.wakeup();
        try {
            if (!thread.join(STOP_TIMEOUT)) {
                LOG.warn("Accepting did not stop in time, timeout={}", STOP_TIMEOUT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try (selector) {
            while (!isStopped) {
                if (!acceptAll()) {
                    pause();
                }
            }
        } catch (IOException e) {
            LOG.error("Accepting has stopped and needs a restart", e);
        }
    }

    /**
     * Returns false after a failure of any kind, such as too little memory for a connection or a thread. Nobody could
     * connect any more if that ended the loop.
     */
    private boolean acceptAll() throws IOException {
        selector.select(_ -> {});
        while (!isStopped) {
            try {
                SocketChannel client = socket.accept();
                if (client == null) {
                    return true;
                }
                admit(client);
            } catch (Throwable e) {
                LOG.warn("Cannot accept a connection, trying again in {} ms", PAUSE.toMillis(), e);
                return false;
            }
        }
        return true;
    }

    private void pause() throws IOException {
        SelectionKey key = socket.keyFor(selector);
        key.interestOps(0);
        selector.select(_ -> {}, PAUSE.toMillis());
        key.interestOps(SelectionKey.OP_ACCEPT);
    }

    private void admit(SocketChannel client) throws IOException {
        boolean isAdmitted = false;
        try {
            if (admission.test(client.socket().getInetAddress())) {
                client.configureBlocking(false);
                accepted.accept(client, socket);
                isAdmitted = true;
            }
        } catch (IOException | RuntimeException e) {
            LOG.debug("a connection failed before it was served", e);
        } finally {
            if (!isAdmitted) {
                client.close();
            }
        }
    }
}
