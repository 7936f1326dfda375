package io.gerve.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Objects;

/**
 * What the client sends to one command. Holds at most a window of bytes, in one ring that grows as it is needed: a client that sends
 * single bytes costs no more than one that sends packets. Filled by the connection's thread, read by the command's.
 */
final class ChannelInput extends InputStream {
    private static final int FIRST_SIZE = 4096;

    /** A ring that is larger is given back when it is empty: the next burst may never come. */
    private static final int KEPT_SIZE = 1 << 17;

    private final Window window;
    private final WindowBudget budget;
    private final WindowRelease release;
    /** The window that the client has, and how many bytes the command has read since it has it. */
    private int granted;

    private int readSince;
    private byte[] ring = new byte[0];
    private int start;
    private int size;
    private boolean ended;
    private boolean gone;

    /** Tells the client that it may send so many more bytes. */
    @FunctionalInterface
    interface WindowRelease {
        void bytesRead(int count) throws IOException;
    }

    /**
     * How much a client may send ahead, in bytes. It doubles each time that the command has read as much as it is: who runs nothing, or
     * something that does not read, does not fill the memory.
     *
     * @param first granted already
     * @param largest that it grows to, as far as the budget goes
     */
    record Window(int first, int largest) {}

    ChannelInput(Window window, WindowBudget budget, WindowRelease release) {
        this.window = window;
        this.budget = budget;
        this.release = release;
        this.granted = window.first();
    }

    /** Never blocks: the window that was granted bounds what can come. */
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

    /** The client sends no more; what has come can still be read. */
    synchronized void end() {
        ended = true;
        notifyAll();
    }

    /** The client is gone, or its command has ended: what came is forgotten, what comes is not kept, and readers get an exception at once. */
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
        int count = take(target, offset, length);
        if (count > 0) {
            release.bytesRead(count + more(count));
        }
        return count;
    }

    private synchronized int more(int read) {
        if (gone || granted == window.largest()) {
            return 0;
        }
        readSince += read;
        if (readSince < granted) {
            return 0;
        }
        int more = budget.take(Math.min(granted, window.largest() - granted));
        granted += more;
        readSince = 0;
        return more;
    }

    private synchronized int take(byte[] target, int offset, int length) throws IOException {
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
        if (size == 0 && ring.length > KEPT_SIZE) {
            ring = new byte[0];
        }
        return count;
    }

    @Override
    public synchronized int available() {
        return size;
    }
}
