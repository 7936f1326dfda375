package io.gerve.ssh;

import java.util.concurrent.Semaphore;

/**
 * Has a few key exchanges computed at one time, in the order in which the clients asked. They are what occupies a processor here,
 * and a virtual thread gives way to no other: were those of a burst all begun at once, every look-up and every session would wait
 * behind them at each of its steps. Safe for use by many threads.
 */
final class KeyExchangeTurns {
    private final Semaphore turns;

    KeyExchangeTurns(int atOneTime) {
        this.turns = new Semaphore(atOneTime, true);
    }

    /** Waits for as long as others are before it: their number is bounded by that of connections, and each takes milliseconds. */
    void take() throws InterruptedException {
        turns.acquire();
    }

    void give() {
        turns.release();
    }
}
