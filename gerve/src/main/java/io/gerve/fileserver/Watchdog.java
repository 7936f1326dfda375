package io.gerve.fileserver;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Does something if it is not closed in time. JSch bounds each read of a handshake, and not the handshake. */
final class Watchdog implements AutoCloseable {
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile boolean fired;

    Watchdog(Duration time, Runnable bark) {
        Thread.ofVirtual().name("bridge-watchdog").start(() -> {
            if (!isClosedWithin(time)) {
                fired = true;
                bark.run();
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
            throw new IllegalStateException("nobody knows this thread", e);
        }
    }
}
