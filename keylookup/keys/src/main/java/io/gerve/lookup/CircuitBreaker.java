package io.gerve.lookup;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Circuit breaker that lets callers with a stale result skip a source that has just failed. It opens for one second
 * after a failure and then lets one caller per second try again. It closes at the first success, or five seconds after
 * the last failure. Safe for use by many threads.
 */
final class CircuitBreaker {
    private static final long PROBE_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long RESET_AFTER_NANOS = TimeUnit.SECONDS.toNanos(5);

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

    /** Returns true if the caller may query the source. While the breaker is open, that is one caller per second. */
    synchronized boolean allowsCall() {
        long now = nanoTime.getAsLong();
        if (!failing || now - failedAt >= RESET_AFTER_NANOS) {
            return true;
        }
        if (now - probedAt < PROBE_INTERVAL_NANOS) {
            return false;
        }
        probedAt = now;
        return true;
    }
}
