package io.gerve.fileserver;

import java.time.Duration;

/** How long not to try again: half a second after the first failure, twice as long after each further one, up to 30 seconds. */
final class BackOff {
    private static final Duration FIRST = Duration.ofMillis(500);
    private static final int DOUBLINGS_MAX = 6;

    private int failures;
    private long until;

    void failed() {
        until = System.nanoTime() + (FIRST.toNanos() << Math.min(failures, DOUBLINGS_MAX));
        failures++;
    }

    void succeeded() {
        failures = 0;
    }

    boolean isElapsed() {
        return failures == 0 || System.nanoTime() - until >= 0;
    }
}
