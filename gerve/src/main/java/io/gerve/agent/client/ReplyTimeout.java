package io.gerve.agent.client;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Timeout for everything that the program does until it is closed, including connecting. Unix sockets have no timeout
 * of their own, and connecting to a stopped agent (SIGSTOP) succeeds.
 */
final class ReplyTimeout implements AutoCloseable {
    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicBoolean decided = new AtomicBoolean();

    /** @param onTimeout ends the program */
    ReplyTimeout(int milliseconds, Runnable onTimeout) {
        var timer = new Thread(() -> await(milliseconds, onTimeout), "reply-timeout");
        timer.setDaemon(true);
        timer.start();
    }

    private void await(int milliseconds, Runnable onTimeout) {
        try {
            if (!ended.await(milliseconds, TimeUnit.MILLISECONDS) && decided.compareAndSet(false, true)) {
                onTimeout.run();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Cancels the timeout. If it has already expired, waits for the end of the program. */
    @Override
    public void close() {
        boolean inTime = decided.compareAndSet(false, true);
        ended.countDown();
        while (!inTime) {
            Thread.onSpinWait();
        }
    }
}
