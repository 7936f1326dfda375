package io.gerve.agent.client;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A time limit on whatever the program does until it is called off, connecting included: a Unix socket has none of its own, and an agent
 * that was stopped keeps its socket.
 */
final class ReplyTimeout implements AutoCloseable {
    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicBoolean decided = new AtomicBoolean();

    /** @param otherwise ends the program */
    ReplyTimeout(int milliseconds, Runnable otherwise) {
        var timer = new Thread(() -> await(milliseconds, otherwise), "patience");
        timer.setDaemon(true);
        timer.start();
    }

    private void await(int milliseconds, Runnable otherwise) {
        try {
            if (!ended.await(milliseconds, TimeUnit.MILLISECONDS) && decided.compareAndSet(false, true)) {
                otherwise.run();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Calls it off. If it is too late for that, waits for the end of the program. */
    @Override
    public void close() {
        boolean inTime = decided.compareAndSet(false, true);
        ended.countDown();
        while (!inTime) {
            Thread.onSpinWait();
        }
    }
}
