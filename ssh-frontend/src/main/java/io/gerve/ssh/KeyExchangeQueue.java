package io.gerve.ssh;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Limit on the key exchanges that are computed at one time, first come, first served. A key exchange is the only long
 * computation in the frontend, and a virtual thread is not preempted: if the exchanges of a burst of logins all ran at
 * once, every look-up and every session would wait behind them at each step. Safe for use by many threads.
 */
final class KeyExchangeQueue {
    private final Semaphore permits;

    KeyExchangeQueue(int concurrentMax) {
        this.permits = new Semaphore(concurrentMax, true);
    }

    /** Waits for a permit, which the caller must release. Returns false if the timeout elapses first. */
    boolean acquire(Duration timeout) throws InterruptedException {
        return permits.tryAcquire(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    void release() {
        permits.release();
    }
}
