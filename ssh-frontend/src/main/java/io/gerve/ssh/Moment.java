package io.gerve.ssh;

import java.time.Duration;

/**
 * Point in time on the monotonic clock of this program. A step of the system clock, which an operator or NTP can make,
 * neither ends a connection nor keeps one open.
 *
 * @param nanos reading of {@link System#nanoTime}
 */
record Moment(long nanos) {
    static Moment now() {
        return new Moment(System.nanoTime());
    }

    Moment plus(Duration time) {
        return new Moment(nanos + time.toNanos());
    }

    /** Returns the time from the other moment to this one; negative if the other one is later. */
    Duration since(Moment other) {
        return Duration.ofNanos(nanos - other.nanos);
    }

    boolean isAfter(Moment other) {
        return nanos - other.nanos > 0;
    }
}
