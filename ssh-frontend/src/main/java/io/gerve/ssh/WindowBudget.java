package io.gerve.ssh;

import java.util.concurrent.Semaphore;

/**
 * Budget for the growth of the receive windows of all commands beyond their first windows. A command that has read fast
 * may stop reading; all the bytes of its window then stay in memory. Safe for use by many threads.
 */
final class WindowBudget {
    private final Semaphore bytes;

    WindowBudget(int bytes) {
        this.bytes = new Semaphore(bytes);
    }

    /** Reserves all the requested bytes or none of them. Returns the number of bytes reserved. */
    int tryReserve(int requested) {
        return bytes.tryAcquire(requested) ? requested : 0;
    }

    void release(int reserved) {
        bytes.release(reserved);
    }
}
