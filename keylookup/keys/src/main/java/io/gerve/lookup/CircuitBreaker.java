package io.gerve.lookup;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Circuit breaker: tells callers not to ask a dependency that has just failed. It is closed while the dependency works.
 * It opens after a number of consecutive failures and allows no call for some time. Then it is half-open: it allows one
 * call at a time, whose success closes it and whose failure opens it again. Safe for use by many threads.
 */
public final class CircuitBreaker {
    private static final int DOUBLINGS_MAX = 16;

    private final int failuresMin;
    private final Duration openMin;
    private final Duration openMax;
    private final LongSupplier nanoTime;
    private State state = State.CLOSED;
    private int failures;
    private long openUntil;

    private enum State {
        CLOSED,
        OPEN,
        HALF_OPEN
    }

    /**
     * @param failuresMin consecutive failures after which the breaker opens; at least 1
     * @param open time for which the breaker stays open
     */
    public CircuitBreaker(int failuresMin, Duration open, LongSupplier nanoTime) {
        this(failuresMin, open, open, nanoTime);
    }

    /**
     * @param failuresMin consecutive failures after which the breaker opens; at least 1
     * @param openMin time for which the breaker stays open at first; doubled after each further failure
     * @param openMax longest time for which the breaker stays open
     */
    public CircuitBreaker(int failuresMin, Duration openMin, Duration openMax, LongSupplier nanoTime) {
        this.failuresMin = failuresMin;
        this.openMin = openMin;
        this.openMax = openMax;
        this.nanoTime = nanoTime;
    }

    /**
     * Returns whether the caller may call the dependency. A caller that may must report the outcome. An outcome may
     * also be reported by a caller that did not ask.
     */
    public synchronized boolean allowsCall() {
        return switch (state) {
            case CLOSED -> true;
            case HALF_OPEN -> false;
            case OPEN -> {
                boolean elapsed = nanoTime.getAsLong() - openUntil >= 0;
                if (elapsed) {
                    state = State.HALF_OPEN;
                }
                yield elapsed;
            }
        };
    }

    public synchronized void succeeded() {
        state = State.CLOSED;
        failures = 0;
    }

    public synchronized void failed() {
        failures++;
        if (failures >= failuresMin) {
            state = State.OPEN;
            openUntil = nanoTime.getAsLong() + openNanos();
        }
    }

    /** Reports a call that ended before the dependency had succeeded or failed. The next caller may try at once. */
    public synchronized void abandoned() {
        if (state == State.HALF_OPEN) {
            state = State.OPEN;
        }
    }

    private long openNanos() {
        int doublings = Math.min(failures - failuresMin, DOUBLINGS_MAX);
        return Math.min(openMin.toNanos() << doublings, openMax.toNanos());
    }
}
