package io.gerve.ssh.transport;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.sshd.common.future.CloseFuture;
import org.apache.sshd.common.io.IoHandler;
import org.apache.sshd.common.io.IoServiceEventListener;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.util.Readable;
import org.apache.sshd.common.util.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * One client's socket. At any time one thread at most reads it: a worker, a virtual thread, or none while it waits in the poller. Any
 * thread may write to it and close it.
 */
public final class SelectorSession extends AttributedSession {
    /** The most bytes of one read. */
    static final int READ_MAX = 32 * 1024;

    /** The most bytes of one read from a client that has not authenticated, whose messages are small. */
    private static final int UNAUTHENTICATED_READ_MAX = 4 * 1024;

    /** Far longer than a client may take to log in. */
    private static final Duration TURN_TIMEOUT = Duration.ofHours(1);

    private static final AtomicLong IDS = new AtomicLong();

    private final long id = IDS.incrementAndGet();
    private final SelectorAcceptor acceptor;
    private final IoHandler handler;
    private final SocketChannel channel;
    private final SocketAddress localAddress;
    private final SocketAddress remoteAddress;
    private final SocketAddress acceptanceAddress;
    private final Workers workers;
    private final WriteQueue writes;
    private final Object suspension = new Object();
    private volatile @Nullable Object client;
    private volatile FairQueue.@Nullable Turn turn;
    private volatile boolean isAuthenticated;
    private volatile @Nullable Selector awaitedBy;
    private boolean hasBegun;
    /** Whether MINA knows the session, and must be told of its end once. */
    private volatile boolean isCreated;

    private final AtomicBoolean isEndReported = new AtomicBoolean();
    private volatile boolean isSuspended;
    private boolean isStopped;

    /** What follows from one read. */
    enum Reading {
        /** There may be more. */
        MORE,
        /** There is no more now. */
        DRAINED,
        /** The session is closed, or suspended and will ask for a thread when it is resumed. */
        ENDED
    }

    SelectorSession(
            SelectorAcceptor acceptor,
            IoHandler handler,
            SocketChannel channel,
            SocketAddress acceptanceAddress,
            Workers workers)
            throws IOException {
        this.acceptor = acceptor;
        this.handler = handler;
        this.channel = channel;
        this.localAddress = channel.getLocalAddress();
        this.remoteAddress = channel.getRemoteAddress();
        this.acceptanceAddress = acceptanceAddress;
        this.workers = workers;
        this.writes = new WriteQueue(channel);
    }

    SocketChannel channel() {
        return channel;
    }

    /** Allows larger reads from now on. */
    public void authenticated() {
        isAuthenticated = true;
    }

    int readMax() {
        return isAuthenticated ? READ_MAX : UNAUTHENTICATED_READ_MAX;
    }

    // --- reading, by one thread at a time

    /**
     * Sets the client whose turns this session's reads take until it has authenticated. Without one they take none.
     *
     * @param client is told from others by its {@code equals}
     */
    public void readFor(Object client) {
        this.client = client;
    }

    /**
     * Gives up the turn of the running read, so that other clients are read. Must be called by the thread that reads,
     * before it waits for long.
     */
    public void leaveTurn() {
        FairQueue.Turn own = turn;
        if (own != null) {
            own.close();
        }
    }

    private Reading inTurn(Supplier<Reading> step) {
        Object owner = client;
        if (owner == null) {
            return step.get();
        }
        try (FairQueue.Turn own = workers.unauthenticatedReads().enter(owner)) {
            turn = own;
            // Whoever closes the session from now on gives up the turn.
            if (!isClosing() && own.await(TURN_TIMEOUT) && !isClosing()) {
                return step.get();
            }
        } catch (InterruptedException e) {
            log.trace("inTurn({}) the transport is closed", this, e);
        } finally {
            turn = null;
        }
        close(true);
        return Reading.ENDED;
    }

    /** Announces the session to MINA when it is called for the first time. */
    Reading begin() {
        return hasBegun ? Reading.MORE : inTurn(this::announce);
    }

    private Reading announce() {
        hasBegun = true;
        IoServiceEventListener listener = acceptor.getIoServiceEventListener();
        try {
            if (listener != null) {
                listener.connectionAccepted(acceptor, localAddress, remoteAddress, acceptanceAddress);
            }
            SocketOptions.applyTo(channel);
            create();
            if (isClosing()) {
                // Whoever closed it could not tell MINA's session, which was not there yet.
                reportEnd();
                return Reading.ENDED;
            }
            return Reading.MORE;
        } catch (Throwable e) {
            log.debug("begin({}) a connection could not be served", this, e);
            abort(listener, e);
            return Reading.ENDED;
        }
    }

    private void create() throws Exception {
        try {
            handler.sessionCreated(this);
        } finally {
            isCreated = true;
        }
    }

    private void abort(@Nullable IoServiceEventListener listener, Throwable reason) {
        try {
            if (listener != null) {
                listener.abortAcceptedConnection(acceptor, localAddress, remoteAddress, acceptanceAddress, reason);
            }
        } catch (IOException | RuntimeException e) {
            log.debug("abort({}) the listener failed", this, e);
        } finally {
            close(true);
            reportEnd();
        }
    }

    /**
     * Reads once, and passes what was read to MINA, which copies it. May block for as long as MINA's handling does.
     *
     * @param buffer returns a buffer to read into
     */
    Reading read(Supplier<ByteBuffer> buffer) {
        if (!mayRead()) {
            return Reading.ENDED;
        }
        return isAuthenticated ? readInto(buffer.get()) : inTurn(() -> readInto(buffer.get()));
    }

    private Reading readInto(ByteBuffer buffer) {
        buffer.clear().limit(Math.min(buffer.capacity(), readMax()));
        int space = buffer.remaining();
        try {
            int count = channel.read(buffer);
            if (count < 0) {
                close(true);
            } else if (count > 0) {
                handler.messageReceived(this, Readable.readable(buffer.flip()));
            }
            if (isClosed()) {
                return Reading.ENDED;
            }
            return count == space ? Reading.MORE : Reading.DRAINED;
        } catch (Throwable e) {
            exceptionCaught(e);
            return Reading.ENDED;
        } finally {
            // An interruption that was left behind would end the waiting for the thread's next session.
            boolean _ = Thread.interrupted();
        }
    }

    private boolean mayRead() {
        if (!isSuspended) {
            return true;
        }
        synchronized (suspension) {
            boolean mustStop = isSuspended;
            isStopped = mustStop;
            return !mustStop;
        }
    }

    @Override
    public void suspendRead() {
        isSuspended = true;
    }

    @Override
    public void resumeRead() {
        boolean wasStopped;
        synchronized (suspension) {
            isSuspended = false;
            wasStopped = isStopped;
            isStopped = false;
        }
        if (wasStopped) {
            workers.park(this, SelectionKey.OP_READ);
        }
    }

    /** Names the selector in which a worker waits for this session, or null when it has stopped waiting. */
    void awaitedBy(@Nullable Selector selector) {
        awaitedBy = selector;
    }

    private void exceptionCaught(Throwable cause) {
        try {
            if (isOpen() && channel.isOpen()) {
                handler.exceptionCaught(this, cause);
            }
        } catch (Throwable e) {
            log.debug("exceptionCaught({}) the handler failed", this, e);
        } finally {
            close(true);
        }
    }

    // --- writing, by any thread

    /** Never blocks. A failure is in the future, and is reported to MINA by another thread: this one may hold MINA's locks. */
    @Override
    public IoWriteFuture writeBuffer(Buffer buffer) {
        PendingWrite write = new PendingWrite(id, ByteBuffer.wrap(buffer.array(), buffer.rpos(), buffer.available()));
        try {
            if (isClosing()) {
                throw new ClosedChannelException();
            }
            if (writes.write(write, () -> workers.park(this, SelectionKey.OP_WRITE))) {
                write.written();
            }
        } catch (IOException e) {
            write.failed(e);
            if (!isClosing()) {
                workers.execute(() -> exceptionCaught(e));
            }
        }
        return write;
    }

    /** Holds back what is written until {@link #release}, so that it leaves in one piece. */
    public void hold() {
        writes.hold();
    }

    /** Writes what was held back. */
    public void release() {
        writes.release();
        drain();
    }

    /** Writes on, since the socket has space again. */
    void drain() {
        List<PendingWrite> written = new ArrayList<>();
        try {
            if (writes.drain(written)) {
                workers.park(this, SelectionKey.OP_WRITE);
            }
        } catch (IOException e) {
            exceptionCaught(e);
        } finally {
            written.forEach(PendingWrite::written);
        }
    }

    @Override
    public void shutdownOutputStream() throws IOException {
        writes.shutdownOutput();
    }

    // --- closing, by any thread

    @Override
    protected CloseFuture doCloseGracefully() {
        return builder()
                .when(id, writes.pending())
                .run(id, this::shutdownOutput)
                .build()
                .close(false);
    }

    private void shutdownOutput() {
        try {
            writes.shutdownOutput();
        } catch (IOException e) {
            log.debug("shutdownOutput({}) the client is gone", this, e);
        }
    }

    @Override
    protected void doCloseImmediately() {
        try {
            channel.close();
        } catch (IOException e) {
            log.debug("doCloseImmediately({}) the socket could not be closed", this, e);
        }
        writes.close().forEach(write -> write.failed(new ClosedChannelException()));
        FairQueue.Turn awaited = turn;
        if (awaited != null) {
            awaited.giveUp();
        }
        Selector waiting = awaitedBy;
        if (waiting != null) {
            waiting.wakeup();
        }
        workers.forget(this);
        acceptor.remove(this);
        super.doCloseImmediately();
        reportEnd();
        clearAttributes();
    }

    private void reportEnd() {
        if (!isCreated || isEndReported.getAndSet(true)) {
            return;
        }
        try {
            handler.sessionClosed(this);
        } catch (Throwable e) {
            log.debug("reportEnd({}) the handler failed", this, e);
        }
    }

    // --- what MINA asks

    @Override
    public long getId() {
        return id;
    }

    @Override
    public SelectorAcceptor getService() {
        return acceptor;
    }

    @Override
    public SocketAddress getLocalAddress() {
        return localAddress;
    }

    @Override
    public SocketAddress getRemoteAddress() {
        return remoteAddress;
    }

    @Override
    public SocketAddress getAcceptanceAddress() {
        return acceptanceAddress;
    }

    @Override
    public String toString() {
        return "SelectorSession[local=" + localAddress + ", remote=" + remoteAddress + "]";
    }
}
