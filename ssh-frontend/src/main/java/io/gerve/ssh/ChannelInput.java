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

    private final WindowRelease release;
    private int heldBack;
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
     * @param heldBack how much of the window the client is granted only when the command reads for the first time, in bytes: who runs
     *     nothing, or something that never reads, does not fill the memory
     */
    ChannelInput(int heldBack, WindowRelease release) {
        this.heldBack = heldBack;
        this.release = release;
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
    synchronized void gone() {
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
        int first = grantAll();
        if (first > 0) {
            release.bytesRead(first);
        }
        int count = take(target, offset, length);
        if (count > 0) {
            release.bytesRead(count);
        }
        return count;
    }

    private synchronized int grantAll() {
        int grant = heldBack;
        heldBack = 0;
        return grant;
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
