package io.gerve.fileserver;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Circuit breaker for a host whose connection attempts time out, as they do when its machine or network fails without a
 * reset. After two timeouts in a row only one request at a time connects, at least one second after the last failure;
 * other requests fail at once. Not thread-safe; the caller locks.
 */
final class SilentHost {
    private static final int TIMEOUTS_MIN = 2;
    private static final Duration PAUSE = Duration.ofSeconds(1);
    /** Duration from which a failure counts as a timeout. A host that is up refuses sooner. */
    private static final Duration TIMEOUT_MIN = Duration.ofSeconds(1);

    private final LongSupplier nanoTime;
    private int timeouts;
    private boolean probing;
    private long probeAt;

    SilentHost(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Returns whether a request may connect. If true, the caller must report the outcome. */
    boolean mayDial() {
        if (timeouts < TIMEOUTS_MIN) {
            return true;
        }
        if (probing || nanoTime.getAsLong() - probeAt < 0) {
            return false;
        }
        probing = true;
        return true;
    }

    void answered() {
        timeouts = 0;
        probing = false;
    }

    /** @param startedAt nanosecond at which the attempt began */
    void failed(long startedAt) {
        long now = nanoTime.getAsLong();
        if (now - startedAt < TIMEOUT_MIN.toNanos()) {
            answered();
            return;
        }
        timeouts++;
        probing = false;
        probeAt = now + PAUSE.toNanos();
    }

    /** Reports that the request gave up before an outcome was known. */
    void abandoned() {
        probing = false;
    }
}
