package io.gerve.ssh;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Has a few key exchanges computed at one time, in the order in which the clients asked. They are what occupies a processor here,
 * and a virtual thread gives way to no other: were those of a burst all begun at once, every look-up and every session would wait
 * behind them at each of its steps. Safe for use by many threads.
 */
final class KeyExchangeQueue {
    private final Semaphore permits;

    KeyExchangeQueue(int atOneTime) {
        this.permits = new Semaphore(atOneTime, true);
    }

    /** @return whether it is this one's turn; not if so many are before it that it would take longer than that */
    boolean acquire(Duration limit) throws InterruptedException {
        return permits.tryAcquire(limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    void release() {
        permits.release();
    }
}
