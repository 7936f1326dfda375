package io.gerve.fileserver;

import java.time.Duration;

/** Exponential back-off: half a second after the first failure, doubled after each further one, up to 32 seconds. */
final class BackOff {
    private static final Duration FIRST = Duration.ofMillis(500);
    private static final int DOUBLINGS_MAX = 6;

    private int failures;
    private long retryAt;

    void failed() {
        retryAt = System.nanoTime() + (FIRST.toNanos() << Math.min(failures, DOUBLINGS_MAX));
        failures++;
    }

    void succeeded() {
        failures = 0;
    }

    boolean isElapsed() {
        return failures == 0 || System.nanoTime() - retryAt >= 0;
    }
}
