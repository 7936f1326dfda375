package io.gerve.ssh;

import java.util.concurrent.Semaphore;

/**
 * What clients may send ahead, beyond what every command is granted, over all commands together: a command that has read fast may stop
 * reading, and then all of it stays in memory. Safe for use by many threads.
 */
final class WindowBudget {
    private final Semaphore bytes;

    WindowBudget(int bytes) {
        this.bytes = new Semaphore(bytes);
    }

    /** @return so many bytes, or none */
    int take(int wanted) {
        return bytes.tryAcquire(wanted) ? wanted : 0;
    }

    void release(int taken) {
        bytes.release(taken);
    }
}
