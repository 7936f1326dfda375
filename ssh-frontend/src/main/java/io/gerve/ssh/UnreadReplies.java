package io.gerve.ssh;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Limit on the replies that a client requested and has not read. Replies are small, and a client that leaves hundreds
 * of them unread has no legitimate reason to send further requests. Safe for use by many threads.
 */
final class UnreadReplies {
    private static final int BYTES_MAX = 1 << 16;

    /** Memory that a waiting reply takes beyond its own bytes: padding, buffers, futures. */
    private static final int OVERHEAD_BYTES = 256;

    private final AtomicLong bytes = new AtomicLong();

    /** Returns the memory that the unread replies take, in bytes. */
    int bytes() {
        return Math.toIntExact(bytes.get());
    }

    /**
     * Counts a reply as unread.
     *
     * @param length the length of the reply in bytes
     * @return the action to run when the reply has been written to the socket
     * @throws IOException if the unread replies exceed 64 KiB of memory
     */
    Runnable add(int length) throws IOException {
        int size = length + OVERHEAD_BYTES;
        if (bytes.addAndGet(size) > BYTES_MAX) {
            throw new IOException("The client does not read the replies to its requests");
        }
        return () -> bytes.addAndGet(-size);
    }
}
