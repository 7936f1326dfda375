package io.gerve.ssh.transport;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Platform thread that serves one connection at a time, with a selector and a read buffer of its own. While it stays with a connection,
 * the client's next message costs one wake-up: the kernel's of this thread.
 */
final class Worker {
    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

    private final Workers workers;
    private final Thread thread;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(SelectorSession.READ_MAX);
    private final Selector selector = Selector.open();

    Worker(Workers workers, ThreadFactory threads, SelectorSession first) throws IOException {
        this.workers = workers;
        this.thread = threads.newThread(() -> run(first));
    }

    /** Starts the thread. Frees what this worker holds if the system refuses the thread. */
    void start() throws IOException {
        try {
            thread.start();
        } catch (Throwable e) {
            selector.close();
            throw e;
        }
    }

    void interrupt() {
        thread.interrupt();
    }

    private void run(SelectorSession first) {
        try (selector) {
            for (SelectorSession session = first; session != null; session = workers.next()) {
                workers.began();
                boolean isServed = false;
                try {
                    serve(session);
                    isServed = true;
                } finally {
                    workers.ended();
                    if (!isServed) {
                        session.close(true);
                    }
                }
            }
        } catch (InterruptedException e) {
            LOG.trace("the transport is closed", e);
        } catch (IOException | RuntimeException e) {
            LOG.error("A thread for connections has failed", e);
        } finally {
            workers.stopped(this);
        }
    }

    private void serve(SelectorSession session) throws IOException {
        SelectorSession.Reading reading = session.begin();
        while (reading == SelectorSession.Reading.MORE) {
            reading = session.read(() -> buffer);
            if (reading == SelectorSession.Reading.DRAINED && isReadableSoon(session)) {
                reading = SelectorSession.Reading.MORE;
            }
        }
        release(session.channel().keyFor(selector));
        if (reading == SelectorSession.Reading.DRAINED) {
            workers.park(session, SelectionKey.OP_READ);
        }
    }

    private boolean isReadableSoon(SelectorSession session) throws IOException {
        try {
            session.channel().register(selector, SelectionKey.OP_READ);
        } catch (ClosedChannelException | CancelledKeyException e) {
            LOG.trace("a closed session is not awaited", e);
            return true;
        }
        session.awaitedBy(selector);
        try {
            return !session.channel().isOpen()
                    || selector.select(_ -> {}, workers.linger().toMillis()) > 0
                    || !session.channel().isOpen();
        } finally {
            session.awaitedBy(null);
        }
    }

    /** The descriptor of a channel that is closed is freed when the selector has dropped it. */
    private void release(@Nullable SelectionKey key) throws IOException {
        if (key != null) {
            key.cancel();
            selector.selectNow(_ -> {});
        }
    }
}
