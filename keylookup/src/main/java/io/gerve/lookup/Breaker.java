package io.gerve.lookup;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Spares callers the wait for a source that has just failed: for a second after a failure nobody asks who can do without, then one
 * caller in each second tries again. When nobody has failed for a while the failure says nothing any more, and all may ask.
 * Safe for use by many threads.
 */
final class Breaker {
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long OLD_NEWS_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final LongSupplier nanoTime;
    private boolean failing;
    private long failedAt;
    private long askedAt;

    Breaker(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    synchronized void failed() {
        failing = true;
        failedAt = nanoTime.getAsLong();
        askedAt = failedAt;
    }

    synchronized void succeeded() {
        failing = false;
    }

    /** Whether the caller should ask the source. While it fails, yes is said to one caller in each second. */
    synchronized boolean mayAsk() {
        long now = nanoTime.getAsLong();
        if (!failing || now - failedAt >= OLD_NEWS_NANOS) {
            return true;
        }
        if (now - askedAt < PAUSE_NANOS) {
            return false;
        }
        askedAt = now;
        return true;
    }
}
