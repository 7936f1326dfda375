package io.gerve.ssh.transport;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Bytes that a client has not taken yet, in order. Never blocks: MINA writes while it holds locks that a disconnect needs. Safe for use by
 * many threads, interrupted ones too, since a non-blocking channel pays no heed to interruption.
 */
final class WriteQueue {
    /** Bound of last resort, in bytes; MINA's windows and the callers' own limits keep the queue far below it. */
    static final int BYTES_MAX = 16 << 20;

    /** At most this many writes leave in one system call. */
    private static final int GATHERED_MAX = 16;

    private final SocketChannel channel;
    private final Deque<PendingWrite> waiting = new ArrayDeque<>(1);
    private long bytes;
    private boolean isHeld;
    private boolean isOutputShutDown;
    private boolean isClosed;

    WriteQueue(SocketChannel channel) {
        this.channel = channel;
    }

    /**
     * Writes what the socket takes now and queues the rest.
     *
     * @param whenStuck is run when the queue begins to wait for the socket
     * @return whether all is written, so that the caller completes the future
     * @throws IOException if the socket is closed or broken, or the queue is full
     */
    synchronized boolean write(PendingWrite write, Runnable whenStuck) throws IOException {
        if (isClosed || isOutputShutDown) {
            throw new ClosedChannelException();
        }
        boolean isFirst = waiting.isEmpty();
        if (isFirst && !isHeld) {
            channel.write(write.bytes());
            if (!write.bytes().hasRemaining()) {
                return true;
            }
        }
        bytes += write.bytes().remaining();
        if (bytes > BYTES_MAX) {
            throw new IOException("The client does not read, and " + BYTES_MAX + " bytes wait for it");
        }
        waiting.add(write);
        if (isFirst && !isHeld) {
            whenStuck.run();
        }
        return false;
    }

    /** Queues writes from now on, until {@link #release}. */
    synchronized void hold() {
        isHeld = true;
    }

    /** Ends the hold. The caller drains the queue. */
    synchronized void release() {
        isHeld = false;
    }

    /**
     * Writes what the socket takes now.
     *
     * @param written receives the writes that are done, for the caller to complete
     * @return whether bytes are left
     */
    synchronized boolean drain(List<PendingWrite> written) throws IOException {
        if (isHeld) {
            return false;
        }
        while (!waiting.isEmpty()) {
            ByteBuffer[] gathered = waiting.stream()
                    .limit(GATHERED_MAX)
                    .map(PendingWrite::bytes)
                    .toArray(ByteBuffer[]::new);
            bytes -= channel.write(gathered);
            for (ByteBuffer each : gathered) {
                if (each.hasRemaining()) {
                    return true;
                }
                written.add(waiting.remove());
            }
        }
        if (isOutputShutDown && !isClosed) {
            channel.shutdownOutput();
        }
        return false;
    }

    /** Sends the end of the stream after the bytes that wait now, and takes no more. */
    synchronized void shutdownOutput() throws IOException {
        isOutputShutDown = true;
        if (waiting.isEmpty() && !isClosed) {
            channel.shutdownOutput();
        }
    }

    /** Returns the writes that are not done. */
    synchronized List<PendingWrite> pending() {
        return new ArrayList<>(waiting);
    }

    /** Takes no more, and returns the writes that are not done, for the caller to complete. */
    synchronized List<PendingWrite> close() {
        isClosed = true;
        List<PendingWrite> left = new ArrayList<>(waiting);
        waiting.clear();
        bytes = 0;
        return left;
    }
}
