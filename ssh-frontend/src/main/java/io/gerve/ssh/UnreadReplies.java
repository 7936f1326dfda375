package io.gerve.ssh;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What a client asked for and does not read. Answers are small, and a client that reads none of hundreds has no good reason to go on
 * asking. Safe for use by many threads.
 */
final class UnreadReplies {
    /** In bytes of memory. */
    private static final int MAX = 1 << 16;

    /** What an answer of a few bytes costs beside them while it waits: padding, its buffers, its futures. */
    private static final int OVERHEAD = 256;

    private final AtomicLong bytes = new AtomicLong();

    /**
     * @return to be run when the answer was read
     * @throws IOException if there are too many
     */
    Runnable add(int answer) throws IOException {
        int size = answer + OVERHEAD;
        if (bytes.addAndGet(size) > MAX) {
            throw new IOException("the client does not read its answers");
        }
        return () -> bytes.addAndGet(-size);
    }
}
