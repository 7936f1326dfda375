package io.gerve.ssh.transport;

import java.io.IOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.function.ObjIntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Platform thread with the selector in which connections wait that have nothing to say, or whose clients do not read. */
final class Poller implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Poller.class);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final Selector selector = Selector.open();
    private final ObjIntConsumer<SelectorSession> ready;
    private final Thread thread;
    private volatile boolean isClosed;

    /**
     * Starts the thread.
     *
     * @param ready takes a session and the operations it is ready for; must not block
     */
    Poller(ObjIntConsumer<SelectorSession> ready) throws IOException {
        this.ready = ready;
        this.thread = Thread.ofPlatform().name("gerve-ssh-poller").daemon().start(this::run);
    }

    /** Reports once when the session is ready for one of the operations. Does nothing if it is closed. */
    void watch(SelectorSession session, int operations) {
        SocketChannel channel = session.channel();
        try {
            synchronized (channel.blockingLock()) {
                SelectionKey key = channel.keyFor(selector);
                if (key == null) {
                    channel.register(selector, operations, session);
                } else {
                    key.interestOpsOr(operations);
                }
            }
            selector.wakeup();
        } catch (ClosedChannelException | CancelledKeyException | ClosedSelectorException e) {
            LOG.trace("a closed session is not watched", e);
        }
    }

    /** Lets go of a channel that was closed: its descriptor is freed only when the selector has dropped it. */
    void forget(SocketChannel channel) {
        if (channel.keyFor(selector) != null) {
            selector.wakeup();
        }
    }

    private void run() {
        while (!isClosed) {
            try {
                selector.select(this::report);
            } catch (Throwable e) {
                // Without this thread every connection would hang. A session that got no thread is closed by its time
                // limits.
                LOG.error("Waiting for connections failed", e);
            }
        }
    }

    private void report(SelectionKey key) {
        try {
            int operations = key.readyOps();
            key.interestOpsAnd(~operations);
            ready.accept((SelectorSession) key.attachment(), operations);
        } catch (CancelledKeyException e) {
            LOG.trace("a session was closed while it became ready", e);
        }
    }

    /** Ends the thread, and frees the descriptors of channels that are closed. Returns within five seconds. */
    @Override
    public void close() {
        isClosed = true;
        selector.wakeup();
        try {
            thread.join(CLOSE_TIMEOUT);
            selector.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.debug("a selector could not be closed", e);
        }
    }
}
