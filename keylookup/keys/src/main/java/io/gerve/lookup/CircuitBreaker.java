package io.gerve.lookup;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Spares callers the wait for a source that has just failed: for a second after a failure nobody asks who can do without, then one
 * caller in each second tries again. When nobody has failed for a while the failure says nothing any more, and all may ask.
 * Safe for use by many threads.
 */
final class CircuitBreaker {
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long FORGET_AFTER_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final LongSupplier nanoTime;
    private boolean failing;
    private long failedAt;
    private long probedAt;

    CircuitBreaker(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    synchronized void failed() {
        failing = true;
        failedAt = nanoTime.getAsLong();
        probedAt = failedAt;
    }

    synchronized void succeeded() {
        failing = false;
    }

    /** Whether the caller should ask the source. While it fails, yes is said to one caller in each second. */
    synchronized boolean allowsCall() {
        long now = nanoTime.getAsLong();
        if (!failing || now - failedAt >= FORGET_AFTER_NANOS) {
            return true;
        }
        if (now - probedAt < PAUSE_NANOS) {
            return false;
        }
        probedAt = now;
        return true;
    }
}
