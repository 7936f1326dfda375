package io.gerve.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Objects;

/**
 * Standard input of one command. Holds at most a window of bytes, in one ring buffer that grows on demand: a client
 * that sends single bytes costs no more than one that sends full packets. The connection's thread fills it, the
 * command's thread reads it.
 */
final class ChannelInput extends InputStream {
    private static final int FIRST_SIZE = 4096;

    /** A larger ring is freed when it is empty, since the next burst may never come. */
    private static final int RETAINED_SIZE = 1 << 17;

    private final Window window;
    private final WindowBudget budget;
    private final WindowRelease release;
    /** The window that the client has been granted, in bytes. */
    private int granted;

    /** Bytes that the command has read since the window last grew. */
    private int readSinceGrowth;

    private byte[] ring = new byte[0];
    private int start;
    private int size;
    private boolean ended;
    private boolean gone;

    /** Grants the client more bytes to send (SSH_MSG_CHANNEL_WINDOW_ADJUST). */
    @FunctionalInterface
    interface WindowRelease {
        void bytesRead(int count) throws IOException;
    }

    /**
     * Bounds of the receive window, in bytes. The window doubles each time the command has read as many bytes as the
     * window is large, so a client whose command does not read cannot fill the memory.
     *
     * @param first the size that the client has from the start
     * @param largest the size up to which the window grows, as far as the budget allows
     */
    record Window(int first, int largest) {}

    ChannelInput(Window window, WindowBudget budget, WindowRelease release) {
        this.window = window;
        this.budget = budget;
        this.release = release;
        this.granted = window.first();
    }

    /** Appends data from the client. Never blocks, since the granted window bounds what the client can send. */
    synchronized void put(byte[] data, int offset, int length) {
        if (ended || gone || length == 0) {
            return;
        }
        makeRoomFor(length);
        int at = (start + size) % ring.length;
        int untilEdge = Math.min(length, ring.length - at);
        System.arraycopy(data, offset, ring, at, untilEdge);
        System.arraycopy(data, offset + untilEdge, ring, 0, length - untilEdge);
        size += length;
        notifyAll();
    }

    private void makeRoomFor(int more) {
        if (size + more <= ring.length) {
            return;
        }
        byte[] larger = new byte[Math.max(size + more, Math.max(FIRST_SIZE, 2 * ring.length))];
        copyOut(larger, 0, size);
        ring = larger;
        start = 0;
    }

    private void copyOut(byte[] target, int offset, int length) {
        int untilEdge = Math.min(length, ring.length - start);
        System.arraycopy(ring, start, target, offset, untilEdge);
        System.arraycopy(ring, 0, target, offset + untilEdge, length - untilEdge);
    }

    /** Marks the end of the client's data. Bytes that have arrived can still be read. */
    synchronized void end() {
        ended = true;
        notifyAll();
    }

    /**
     * Discards the buffered bytes and all later ones, because the client is gone or its command has ended. Readers get
     * an exception at once.
     */
    synchronized void clientGone() {
        if (!gone) {
            budget.release(granted - window.first());
        }
        gone = true;
        ring = new byte[0];
        start = 0;
        size = 0;
        notifyAll();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) {
            return 0;
        }
        int count = awaitBytes(target, offset, length);
        if (count > 0) {
            release.bytesRead(count + growWindow(count));
        }
        return count;
    }

    private synchronized int growWindow(int read) {
        if (gone || granted == window.largest()) {
            return 0;
        }
        readSinceGrowth += read;
        if (readSinceGrowth < granted) {
            return 0;
        }
        int growth = budget.tryReserve(Math.min(granted, window.largest() - granted));
        granted += growth;
        readSinceGrowth = 0;
        return growth;
    }

    private synchronized int awaitBytes(byte[] target, int offset, int length) throws IOException {
        while (size == 0 && !ended && !gone) {
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while waiting for the client");
            }
        }
        if (gone) {
            throw new IOException("the client is gone");
        }
        if (size == 0) {
            return -1;
        }
        int count = Math.min(length, size);
        copyOut(target, offset, count);
        size -= count;
        start = size == 0 ? 0 : (start + count) % ring.length;
        if (size == 0 && ring.length > RETAINED_SIZE) {
            ring = new byte[0];
        }
        return count;
    }

    @Override
    public synchronized int available() {
        return size;
    }
}
