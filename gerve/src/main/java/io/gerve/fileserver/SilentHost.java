package io.gerve.fileserver;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Spares requests the wait for a host that lets dials run into their time limit, as one does whose machine or network is gone without a
 * sign. After two such dials in a row only one request at a time dials, each a second after the last one failed; the others go past the
 * host at once. Guarded by the caller.
 */
final class SilentHost {
    private static final int SILENT_DIALS_MIN = 2;
    private static final Duration PAUSE = Duration.ofSeconds(1);
    /** A host that is there refuses sooner. */
    private static final Duration SILENCE_MIN = Duration.ofSeconds(1);

    private final LongSupplier nanoTime;
    private int silentDials;
    private boolean isBeingProbed;
    private long probeAt;

    SilentHost(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Whether a request may dial. Who was told yes tells then how it ended. */
    boolean mayDial() {
        if (silentDials < SILENT_DIALS_MIN) {
            return true;
        }
        if (isBeingProbed || nanoTime.getAsLong() - probeAt < 0) {
            return false;
        }
        isBeingProbed = true;
        return true;
    }

    void answered() {
        silentDials = 0;
        isBeingProbed = false;
    }

    /** @param dialledAt the nanosecond at which the dial began */
    void failed(long dialledAt) {
        long now = nanoTime.getAsLong();
        if (now - dialledAt < SILENCE_MIN.toNanos()) {
            answered();
            return;
        }
        silentDials++;
        isBeingProbed = false;
        probeAt = now + PAUSE.toNanos();
    }

    /** Whoever dialled gave up, from which nothing follows. */
    void timedOut() {
        isBeingProbed = false;
    }
}
