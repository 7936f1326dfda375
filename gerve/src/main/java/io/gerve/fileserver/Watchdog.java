package io.gerve.fileserver;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Watchdog that runs an action unless it is closed in time. JSch limits each read of a handshake, but not the whole
 * handshake.
 */
final class Watchdog implements AutoCloseable {
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile boolean fired;

    Watchdog(Duration time, Runnable action) {
        Thread.ofVirtual().name("file-server-login-timeout").start(() -> {
            if (!isClosedWithin(time)) {
                fired = true;
                action.run();
            }
        });
    }

    boolean hasFired() {
        return fired;
    }

    @Override
    public void close() {
        closed.countDown();
    }

    private boolean isClosedWithin(Duration time) {
        try {
            return closed.await(time.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException("no other thread interrupts this one", e);
        }
    }
}
